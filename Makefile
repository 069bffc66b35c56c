# Every target sets up what it needs first (packaging/setup.sh); a second run starts at once.
# ARGS is handed on: make test ARGS="tests/unit -k chunker"

SETUP := sh packaging/setup.sh
BIN := .venv/bin
PYTHON := $(BIN)/python
QUESTION := tests/data/what_time_is_it.wav

.DEFAULT_GOAL := help
.PHONY: help run test test-slow test-export check bench bench-window pictures translate lock clean setup

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# A display is what Qt would look for; macOS and Windows always have one.
run: ## set up, then open the window; without a display answer the bundled recording in the terminal
	@$(SETUP) runtime
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname)" != Linux ]; then \
		exec $(BIN)/assistant run $(ARGS); \
	fi; \
	$(BIN)/assistant ask $(QUESTION) --out reply.wav $(ARGS) && echo && \
	echo "No display, so no window: the spoken answer is in reply.wav. Go on with:" && \
	echo '  $(BIN)/assistant ask --text "what is seven times eight"   a typed question' && \
	echo "  $(BIN)/assistant ask YOUR.wav --out reply.wav             a recording of yours" && \
	echo "  $(BIN)/assistant chat                                     by microphone, in the terminal" && \
	echo "  $(BIN)/assistant doctor                                   what is installed, missing or broken"

# Two processes, as in the program: the thinker's llama.cpp and the detector of speech bring libraries of one
# name (libggml) and different content, and a test file loads them when it is collected. The real window is a
# process of its own for the same reason.
test: ## set up with the test tools, then run the tests (not the slow ones)
	@$(SETUP) dev
ifeq ($(ARGS),)
	@$(PYTHON) -m pytest -m "not slow" tests/ears
	@$(PYTHON) -m pytest -m "not slow" tests/window/test_real_window.py
endif
	@$(PYTHON) -m pytest -m "not slow" --ignore=tests/ears $(ARGS)

test-slow: ## the tests marked slow
	@$(SETUP) dev
	@$(PYTHON) -m pytest -m slow --ignore=tests/ears $(ARGS)

test-export: ## the exporters against PyTorch; PYTHON=… names an environment with the extra `train`
	@$(PYTHON) -c "import torch, transformers" || { echo "First: pip install -e '.[dev,train]'"; exit 1; }
	@$(PYTHON) -m pytest tests/export $(ARGS)

check: ## lint, format, types, direction of imports
	@$(SETUP) dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: ## measure; one bench with ARGS="asr --manifest FILE", the list without
	@$(SETUP) runtime
	@$(BIN)/assistant bench $(or $(ARGS),--help)

bench-window: ## time the window, on a screen, a microphone and a loudspeaker of its own
	@$(SETUP) dev
	@$(PYTHON) packaging/private_desktop.py --hum -- $(BIN)/assistant bench window $(ARGS)

pictures: ## screenshots of every page into docs/pictures (4 minutes)
	@$(SETUP) dev
	@$(PYTHON) packaging/pictures.py $(ARGS)

translate: ## collect the window's texts and compile the translations
	@$(SETUP) dev
	@$(PYTHON) packaging/translate.py $(ARGS)

lock: ## write packaging/locks/*.txt from pyproject.toml (ARGS=--upgrade: newest versions)
	@$(SETUP) dev
	@$(PYTHON) -m pip install --quiet "uv>=0.13"
	@$(PYTHON) packaging/lock.py $(ARGS)

setup: ## only set up, with the test tools
	@$(SETUP) dev

clean: ## remove everything that was made here (the user's cache of compiled wheels stays)
	rm -rf .venv .cache .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis dist reply.wav
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
