"""Makes ONNX files out of models trained elsewhere, and one audio core or chain out of several files."""
