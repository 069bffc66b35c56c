<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="es" sourcelanguage="en">
<context>
    <name>AppearanceTab</name>
    <message>
        <source>Appearance</source>
        <translation>Aspecto</translation>
    </message>
    <message>
        <source>Looks</source>
        <translation>Aspecto</translation>
    </message>
    <message>
        <source>Latency overlay</source>
        <translation>Panel de latencias</translation>
    </message>
    <message>
        <source>Start and tray</source>
        <translation>Inicio y bandeja</translation>
    </message>
</context>
<context>
    <name>AudioTab</name>
    <message>
        <source>Audio</source>
        <translation>Audio</translation>
    </message>
    <message>
        <source>Devices</source>
        <translation>Dispositivos</translation>
    </message>
    <message>
        <source>Try it out</source>
        <translation>Pruébalo</translation>
    </message>
    <message>
        <source>Sounds</source>
        <translation>Sonidos</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>Nivel</translation>
    </message>
    <message>
        <source>Microphone level</source>
        <translation>Nivel del micrófono</translation>
    </message>
    <message>
        <source>Plugged something in?</source>
        <translation>¿Has conectado algo?</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>Mirar de nuevo</translation>
    </message>
    <message>
        <source>Lists microphones and loudspeakers anew</source>
        <translation>Vuelve a buscar micrófonos y altavoces</translation>
    </message>
    <message>
        <source>Record and play</source>
        <translation>Grabar y escuchar</translation>
    </message>
    <message>
        <source>Speak for three seconds and hear yourself. The conversation does not listen meanwhile.</source>
        <translation>Habla tres segundos y escúchate. Mientras tanto, la conversación no escucha.</translation>
    </message>
    <message>
        <source>No microphone was found.</source>
        <translation>No se encontró ningún micrófono.</translation>
    </message>
    <message>
        <source>No loudspeaker was found.</source>
        <translation>No se encontró ningún altavoz.</translation>
    </message>
    <message>
        <source>No microphone is open.</source>
        <translation>No hay ningún micrófono abierto.</translation>
    </message>
    <message>
        <source>Recording: speak now …</source>
        <translation>Grabando: habla ahora…</translation>
    </message>
    <message>
        <source>Playing …</source>
        <translation>Reproduciendo…</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Detener</translation>
    </message>
    <message>
        <source>Opening the microphone …</source>
        <translation>Abriendo el micrófono…</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Dismiss</source>
        <translation>Descartar</translation>
    </message>
</context>
<context>
    <name>Card</name>
    <message>
        <source>Shown</source>
        <translation>Mostrado</translation>
    </message>
    <message>
        <source>Hidden</source>
        <translation>Oculto</translation>
    </message>
</context>
<context>
    <name>Chips</name>
    <message>
        <source>Clock</source>
        <translation>Reloj</translation>
    </message>
    <message>
        <source>Calendar</source>
        <translation>Calendario</translation>
    </message>
    <message>
        <source>Calculator</source>
        <translation>Calculadora</translation>
    </message>
    <message>
        <source>Units</source>
        <translation>Unidades</translation>
    </message>
    <message>
        <source>Timer</source>
        <translation>Temporizador</translation>
    </message>
    <message>
        <source>List</source>
        <translation>Lista</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>Notas</translation>
    </message>
    <message>
        <source>took {0} ms</source>
        <translation>tardó {0} ms</translation>
    </message>
</context>
<context>
    <name>ConversationPage</name>
    <message>
        <source>Show earlier</source>
        <translation>Mostrar anteriores</translation>
    </message>
    <message>
        <source>The turn was deleted.</source>
        <translation>El turno se borró.</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Deshacer</translation>
    </message>
</context>
<context>
    <name>ConversationTab</name>
    <message>
        <source>Conversation</source>
        <translation>Conversación</translation>
    </message>
    <message>
        <source>Your turn begins</source>
        <translation>Tu turno empieza</translation>
    </message>
    <message>
        <source>Shorter pauses make answers come sooner; longer ones let you think.</source>
        <translation>Con pausas más cortas las respuestas llegan antes; las más largas te dejan pensar.</translation>
    </message>
    <message>
        <source>Your turn ends</source>
        <translation>Tu turno termina</translation>
    </message>
    <message>
        <source>The assistant&apos;s mind</source>
        <translation>La mente del asistente</translation>
    </message>
    <message>
        <source>Fine tuning</source>
        <translation>Ajuste fino</translation>
    </message>
</context>
<context>
    <name>DeviceControl</name>
    <message>
        <source>System default ({0})</source>
        <translation>El del sistema ({0})</translation>
    </message>
    <message>
        <source>System default</source>
        <translation>El del sistema</translation>
    </message>
    <message>
        <source>{0} (not connected)</source>
        <translation>{0} (no conectado)</translation>
    </message>
</context>
<context>
    <name>DoctorPage</name>
    <message>
        <source>Help</source>
        <translation>Ayuda</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>Mirar de nuevo</translation>
    </message>
    <message>
        <source>Examines the installation anew</source>
        <translation>Vuelve a examinar la instalación</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Copiar</translation>
    </message>
    <message>
        <source>Copy the report</source>
        <translation>Copiar el informe</translation>
    </message>
    <message>
        <source>Also read every model file (takes longer)</source>
        <translation>Leer también cada archivo de modelo (tarda más)</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Registro</translation>
    </message>
    <message>
        <source>What the program notes of its own work; conversations are not in it.</source>
        <translation>Lo que el programa anota de su propio trabajo; no contiene conversaciones.</translation>
    </message>
    <message>
        <source>The end of the log</source>
        <translation>El final del registro</translation>
    </message>
    <message>
        <source>The log is empty.</source>
        <translation>El registro está vacío.</translation>
    </message>
    <message>
        <source>Copy the log</source>
        <translation>Copiar el registro</translation>
    </message>
    <message>
        <source>Open the folder</source>
        <translation>Abrir la carpeta</translation>
    </message>
    <message>
        <source>Looking</source>
        <translation>Mirando</translation>
    </message>
    <message>
        <source>Looking at the installation …</source>
        <translation>Mirando la instalación…</translation>
    </message>
    <message>
        <source>Something is broken</source>
        <translation>Algo está roto</translation>
    </message>
    <message>
        <source>What to do stands below each point.</source>
        <translation>Debajo de cada punto dice qué hacer.</translation>
    </message>
    <message>
        <source>It works, with limits</source>
        <translation>Funciona, con límites</translation>
    </message>
    <message>
        <source>All is well</source>
        <translation>Todo va bien</translation>
    </message>
    <message>
        <source>Everything the assistant needs is here</source>
        <translation>Está todo lo que el asistente necesita</translation>
    </message>
    <message>
        <source>Needs attention</source>
        <translation>Necesita atención</translation>
    </message>
    <message>
        <source>In order: {0}</source>
        <translation>En orden: {0}</translation>
    </message>
    <message>
        <source>The report is on the clipboard.</source>
        <translation>El informe está en el portapapeles.</translation>
    </message>
    <message>
        <source>Copied.</source>
        <translation>Copiado.</translation>
    </message>
</context>
<context>
    <name>Export</name>
    <message>
        <source>Choose another place.</source>
        <translation>Elige otro lugar.</translation>
    </message>
    <message>
        <source>The disk is full: {0} was not saved.</source>
        <translation>El disco está lleno: {0} no se guardó.</translation>
    </message>
    <message>
        <source>{1} cannot be written to: {0} was not saved.</source>
        <translation>No se puede escribir en {1}: {0} no se guardó.</translation>
    </message>
    <message>
        <source>{0} was not saved ({2}).</source>
        <translation>{0} no se guardó ({2}).</translation>
    </message>
</context>
<context>
    <name>FindingRow</name>
    <message>
        <source>All is well</source>
        <translation>Todo va bien</translation>
    </message>
    <message>
        <source>Limited</source>
        <translation>Con límites</translation>
    </message>
    <message>
        <source>Broken</source>
        <translation>Roto</translation>
    </message>
</context>
<context>
    <name>GlobalKeys</name>
    <message>
        <source>Talk to the assistant</source>
        <translation>Hablar con el asistente</translation>
    </message>
    <message>
        <source>Stop the answer</source>
        <translation>Detener la respuesta</translation>
    </message>
</context>
<context>
    <name>HistoryExport</name>
    <message>
        <source>Text to read (Markdown)…</source>
        <translation>Texto para leer (Markdown)…</translation>
    </message>
    <message>
        <source>Everything (JSON)…</source>
        <translation>Todo (JSON)…</translation>
    </message>
    <message>
        <source>Subtitles (SRT)…</source>
        <translation>Subtítulos (SRT)…</translation>
    </message>
</context>
<context>
    <name>HistoryList</name>
    <message>
        <source>Past conversations</source>
        <translation>Conversaciones anteriores</translation>
    </message>
</context>
<context>
    <name>HistoryPage</name>
    <message>
        <source>History</source>
        <translation>Historial</translation>
    </message>
    <message>
        <source>Export all conversations</source>
        <translation>Exportar todas las conversaciones</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Buscar</translation>
    </message>
    <message>
        <source>Search past conversations</source>
        <translation>Buscar en conversaciones anteriores</translation>
    </message>
    <message>
        <source>Conversations are not being kept.</source>
        <translation>Las conversaciones no se están guardando.</translation>
    </message>
    <message>
        <source>Change this</source>
        <translation>Cambiar esto</translation>
    </message>
    <message>
        <source>No conversations yet</source>
        <translation>Todavía no hay conversaciones</translation>
    </message>
    <message>
        <source>What you say and hear is kept here, on this computer alone.</source>
        <translation>Lo que dices y oyes se guarda aquí, solo en este equipo.</translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation>No se encontró nada</translation>
    </message>
    <message>
        <source>Try fewer letters or other words.</source>
        <translation>Prueba menos letras u otras palabras.</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Reintentar</translation>
    </message>
    <message>
        <source>Choose a conversation to read it.</source>
        <translation>Elige una conversación para leerla.</translation>
    </message>
    <message>
        <source>The turn was deleted.</source>
        <translation>El turno se borró.</translation>
    </message>
    <message>
        <source>“{0}” was deleted.</source>
        <translation>Se borró «{0}».</translation>
    </message>
    <message numerus="yes">
        <source>%n conversations were deleted.</source>
        <translation>
            <numerusform>Se borró %n conversación.</numerusform>
            <numerusform>Se borraron %n conversaciones.</numerusform>
        </translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Deshacer</translation>
    </message>
    <message>
        <source>Folder for the subtitles</source>
        <translation>Carpeta para los subtítulos</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportar</translation>
    </message>
    <message>
        <source>You</source>
        <translation>Tú</translation>
    </message>
    <message>
        <source>Sarai</source>
        <translation>Sarai</translation>
    </message>
    <message>
        <source>interrupted</source>
        <translation>interrumpido</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>fallido</translation>
    </message>
    <message>
        <source>Saved as {0}.</source>
        <translation>Guardado como {0}.</translation>
    </message>
    <message numerus="yes">
        <source>%n files were saved.</source>
        <translation>
            <numerusform>Se guardó %n archivo.</numerusform>
            <numerusform>Se guardaron %n archivos.</numerusform>
        </translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>Abrir carpeta</translation>
    </message>
</context>
<context>
    <name>HistoryRows</name>
    <message>
        <source>Today</source>
        <translation>Hoy</translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation>Ayer</translation>
    </message>
    <message>
        <source>1 turn</source>
        <translation>1 turno</translation>
    </message>
    <message>
        <source>{0} turns</source>
        <translation>{0} turnos</translation>
    </message>
</context>
<context>
    <name>KeysTab</name>
    <message>
        <source>Keys</source>
        <translation>Teclas</translation>
    </message>
    <message>
        <source>In this window Space talks and Esc stops the answer, whatever is set here.</source>
        <translation>En esta ventana, Espacio habla y Esc detiene la respuesta, sea cual sea este ajuste.</translation>
    </message>
    <message>
        <source>From anywhere</source>
        <translation>Desde cualquier programa</translation>
    </message>
</context>
<context>
    <name>Latency</name>
    <message>
        <source>{0} ms</source>
        <translation>{0} ms</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>Espera</translation>
    </message>
    <message>
        <source>Hearing</source>
        <translation>Escucha</translation>
    </message>
    <message>
        <source>Thinking</source>
        <translation>Pensamiento</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>Herramientas</translation>
    </message>
    <message>
        <source>Voice</source>
        <translation>Voz</translation>
    </message>
    <message>
        <source>Nothing to work on: the pause that shows you have finished, and sound that is ready but not yet let out.</source>
        <translation>Nada en que trabajar: la pausa que indica que has terminado, y sonido que está listo pero aún no sale.</translation>
    </message>
    <message>
        <source>From the end of your speech to the final transcript.</source>
        <translation>Desde el final de lo que dices hasta la transcripción definitiva.</translation>
    </message>
    <message>
        <source>From the final transcript to the first words that can be spoken, without the time in tools.</source>
        <translation>Desde la transcripción definitiva hasta las primeras palabras que se pueden decir, sin el tiempo en herramientas.</translation>
    </message>
    <message>
        <source>First sound after {0}</source>
        <translation>Primer sonido a los {0}</translation>
    </message>
    <message>
        <source>The part of thinking that was spent inside tools.</source>
        <translation>La parte del pensamiento que se pasó en herramientas.</translation>
    </message>
    <message>
        <source>From the first words to their first audible samples.</source>
        <translation>Desde las primeras palabras hasta sus primeras muestras audibles.</translation>
    </message>
    <message>
        <source>From the decision that your turn is over to the first sound.</source>
        <translation>Desde que se decide que tu turno ha terminado hasta el primer sonido.</translation>
    </message>
    <message>
        <source>From the last sample of your speech to the first sound: what you feel.</source>
        <translation>Desde la última muestra de tu voz hasta el primer sonido: lo que tú notas.</translation>
    </message>
    <message>
        <source>{0} after your last word</source>
        <translation>{0} tras tu última palabra</translation>
    </message>
</context>
<context>
    <name>LatencyBar</name>
    <message>
        <source>Latency of the turn</source>
        <translation>Latencia del turno</translation>
    </message>
    <message>
        <source>No figures yet</source>
        <translation>Todavía no hay cifras</translation>
    </message>
    <message>
        <source>First sound</source>
        <translation>Primer sonido</translation>
    </message>
    <message>
        <source>Mouth to ear</source>
        <translation>De boca a oído</translation>
    </message>
    <message>
        <source>▼ your turn is over   ● first sound</source>
        <translation>▼ termina tu turno   ● primer sonido</translation>
    </message>
</context>
<context>
    <name>LatencyPanel</name>
    <message>
        <source>Resident memory of the models&apos; process and of the window&apos;s, in megabytes.</source>
        <translation>Memoria residente del proceso de los modelos y del de la ventana, en megabytes.</translation>
    </message>
    <message>
        <source>How fast the last answer was written, and what of its prompt was still known.</source>
        <translation>Con qué rapidez se escribió la última respuesta, y cuánto de su entrada ya se conocía.</translation>
    </message>
    <message>
        <source>Half of this session&apos;s turns were at least this quick.</source>
        <translation>La mitad de los turnos de esta sesión fueron al menos así de rápidos.</translation>
    </message>
    <message>
        <source>95 of 100 turns of this session were at least this quick.</source>
        <translation>95 de cada 100 turnos de esta sesión fueron al menos así de rápidos.</translation>
    </message>
    <message>
        <source>First sound</source>
        <translation>Primer sonido</translation>
    </message>
    <message>
        <source>Mouth to ear</source>
        <translation>De boca a oído</translation>
    </message>
    <message>
        <source>No tokens yet</source>
        <translation>Todavía no hay tokens</translation>
    </message>
    <message>
        <source>{0} tokens/s · {1} tokens reused</source>
        <translation>{0} tokens/s · {1} tokens reutilizados</translation>
    </message>
    <message>
        <source>Memory not known yet</source>
        <translation>Memoria aún desconocida</translation>
    </message>
    <message>
        <source>{0} MB · models {1} · window {2}</source>
        <translation>{0} MB · modelos {1} · ventana {2}</translation>
    </message>
</context>
<context>
    <name>LevelMeter</name>
    <message>
        <source>Level</source>
        <translation>Nivel</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Sarai</source>
        <translation>Sarai</translation>
    </message>
    <message>
        <source>New conversation</source>
        <translation>Nueva charla</translation>
    </message>
    <message>
        <source>Conversation</source>
        <translation>Conversación</translation>
    </message>
    <message>
        <source>Session</source>
        <translation>Sesión</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Historial</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Ajustes</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>Ayuda</translation>
    </message>
</context>
<context>
    <name>MemoryChart</name>
    <message>
        <source>Memory over time</source>
        <translation>Memoria a lo largo del tiempo</translation>
    </message>
    <message>
        <source>{0} MB now, at most {1} MB</source>
        <translation>{0} MB ahora, como máximo {1} MB</translation>
    </message>
    <message>
        <source>Memory is measured every few seconds.</source>
        <translation>La memoria se mide cada pocos segundos.</translation>
    </message>
    <message>
        <source>{0} min</source>
        <translation>{0} min</translation>
    </message>
    <message>
        <source>After {0} min: {1} MB, models {2}, window {3}</source>
        <translation>A los {0} min: {1} MB, modelos {2}, ventana {3}</translation>
    </message>
</context>
<context>
    <name>MicrophoneTrial</name>
    <message>
        <source>Good: your voice arrives clearly, at {0}.</source>
        <translation>Bien: tu voz llega con claridad, a {0}.</translation>
    </message>
    <message>
        <source>Your voice is quiet, {0}. Come closer, or raise the microphone&apos;s volume in the system&apos;s sound settings.</source>
        <translation>Tu voz se oye bajo, {0}. Acércate, o sube el volumen del micrófono en los ajustes de sonido del sistema.</translation>
    </message>
    <message>
        <source>Too loud: {0} of the sound is cut off at the top. Lower the microphone&apos;s volume in the system&apos;s sound settings.</source>
        <translation>Demasiado alto: {0} del sonido sale recortado. Baja el volumen del micrófono en los ajustes de sonido del sistema.</translation>
    </message>
    <message>
        <source>Sound arrives, {0}, but nobody seems to speak in it. Try again and speak during the recording, or choose another microphone.</source>
        <translation>Llega sonido, {0}, pero no parece que nadie hable. Inténtalo de nuevo y habla durante la grabación, o elige otro micrófono.</translation>
    </message>
    <message>
        <source>The microphone delivers only silence: it is muted or switched off. Look at its switch and at the system&apos;s sound settings.</source>
        <translation>El micrófono solo entrega silencio: está silenciado o apagado. Mira su interruptor y los ajustes de sonido del sistema.</translation>
    </message>
    <message>
        <source>Recorded with {0}, played on {1}.</source>
        <translation>Grabado con {0}, reproducido en {1}.</translation>
    </message>
    <message>
        <source>{0} is not there; another one stood in for it.</source>
        <translation>{0} no está; otro ocupó su lugar.</translation>
    </message>
    <message>
        <source>Some sound was lost on the way: the computer is very busy.</source>
        <translation>Se perdió algo de sonido por el camino: el equipo está muy ocupado.</translation>
    </message>
</context>
<context>
    <name>ModelSets</name>
    <message>
        <source>Before you download: {0}</source>
        <translation>Antes de descargar: {0}</translation>
    </message>
    <message>
        <source>Agree and download</source>
        <translation>Aceptar y descargar</translation>
    </message>
    <message>
        <source>Remove it? That frees {0}; you can download it again.</source>
        <translation>¿Quitarlo? Eso libera {0}; puedes descargarlo de nuevo.</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Quitar</translation>
    </message>
    <message>
        <source>Every file is as it should be.</source>
        <translation>Todos los archivos están como deben.</translation>
    </message>
    <message>
        <source>Damaged: {0}. Download it again.</source>
        <translation>Dañado: {0}. Descárgalo de nuevo.</translation>
    </message>
    <message>
        <source>Downloaded and checked.</source>
        <translation>Descargado y comprobado.</translation>
    </message>
    <message>
        <source>Removed.</source>
        <translation>Quitado.</translation>
    </message>
    <message>
        <source>Complete now: {0}.</source>
        <translation>Completo ahora: {0}.</translation>
    </message>
    <message>
        <source>{0} still lacks {1}.</source>
        <translation>A {0} todavía le falta {1}.</translation>
    </message>
    <message>
        <source>Everything in {0} was here already.</source>
        <translation>Todo lo de {0} ya estaba aquí.</translation>
    </message>
    <message>
        <source>Stopped.</source>
        <translation>Detenido.</translation>
    </message>
    <message>
        <source>What has come is kept for the next time.</source>
        <translation>Lo que ha llegado se conserva para la próxima vez.</translation>
    </message>
    <message>
        <source>That did not work.</source>
        <translation>Eso no funcionó.</translation>
    </message>
</context>
<context>
    <name>ModelsTab</name>
    <message>
        <source>Models</source>
        <translation>Modelos</translation>
    </message>
    <message>
        <source>A set is one model that hears, one that thinks and one that speaks. Larger sets understand more and sound better. Once a set is on this computer it needs no network.</source>
        <translation>Un conjunto es un modelo que escucha, uno que piensa y uno que habla. Los más grandes entienden más y suenan mejor. Una vez en este equipo, un conjunto no necesita red.</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Memoria</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>Importar</translation>
    </message>
    <message>
        <source>Models you have already</source>
        <translation>Modelos que ya tienes</translation>
    </message>
    <message>
        <source>On a stick, in a folder or in a zip file: models are known by their content, whatever the files are called.</source>
        <translation>En una memoria USB, en una carpeta o en un archivo zip: los modelos se reconocen por su contenido, se llamen como se llamen los archivos.</translation>
    </message>
    <message>
        <source>From a file …</source>
        <translation>De un archivo…</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Detener</translation>
    </message>
    <message>
        <source>From a folder …</source>
        <translation>De una carpeta…</translation>
    </message>
    <message>
        <source>Import models</source>
        <translation>Importar modelos</translation>
    </message>
    <message>
        <source>Looking at the models …</source>
        <translation>Mirando los modelos…</translation>
    </message>
</context>
<context>
    <name>Overlay</name>
    <message>
        <source>Latency</source>
        <translation>Latencia</translation>
    </message>
    <message>
        <source>Latency overlay</source>
        <translation>Panel de latencias</translation>
    </message>
    <message>
        <source>Opacity</source>
        <translation>Opacidad</translation>
    </message>
    <message>
        <source>{0} %</source>
        <translation>{0} %</translation>
    </message>
    <message>
        <source>Back to the corner</source>
        <translation>Volver a la esquina</translation>
    </message>
    <message>
        <source>Hide</source>
        <translation>Ocultar</translation>
    </message>
</context>
<context>
    <name>PastView</name>
    <message>
        <source>Show later turns</source>
        <translation>Mostrar turnos posteriores</translation>
    </message>
    <message>
        <source>Turns of the conversation</source>
        <translation>Turnos de la conversación</translation>
    </message>
    <message>
        <source>Back to the list</source>
        <translation>Volver a la lista</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>Cambiar el nombre</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportar</translation>
    </message>
    <message>
        <source>Delete conversation</source>
        <translation>Borrar la conversación</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>Continuar</translation>
    </message>
    <message>
        <source>Go on with this conversation</source>
        <translation>Seguir con esta conversación</translation>
    </message>
</context>
<context>
    <name>PrivacyTab</name>
    <message>
        <source>Privacy</source>
        <translation>Privacidad</translation>
    </message>
    <message>
        <source>Nothing leaves this computer</source>
        <translation>Nada sale de este equipo</translation>
    </message>
    <message>
        <source>Conversations</source>
        <translation>Conversaciones</translation>
    </message>
    <message>
        <source>Where things are</source>
        <translation>Dónde está cada cosa</translation>
    </message>
    <message>
        <source>Conversations, notes and models</source>
        <translation>Conversaciones, notas y modelos</translation>
    </message>
    <message>
        <source>Your settings</source>
        <translation>Tus ajustes</translation>
    </message>
    <message>
        <source>Logs</source>
        <translation>Registros</translation>
    </message>
    <message>
        <source>Looking …</source>
        <translation>Mirando…</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>Mirar de nuevo</translation>
    </message>
    <message>
        <source>Asks the operating system for the assistant&apos;s internet connections</source>
        <translation>Pregunta al sistema operativo por las conexiones a internet del asistente</translation>
    </message>
    <message>
        <source>How you can know</source>
        <translation>Cómo puedes saberlo</translation>
    </message>
    <message>
        <source>Hearing, thinking and speaking are done by models on this computer. Only downloading a model opens a connection, and only when you ask for it.</source>
        <translation>Escuchar, pensar y hablar lo hacen modelos que están en este equipo. Solo descargar un modelo abre una conexión, y solo cuando tú lo pides.</translation>
    </message>
    <message>
        <source>The program is tested with the network forbidden: its tests fail at the first attempt to use it, and a check refuses code outside the downloader that could open a connection. This page asks the operating system every few seconds which connections there are.</source>
        <translation>El programa se prueba con la red prohibida: las pruebas fallan al primer intento de usarla, y una comprobación rechaza todo código fuera del descargador que pudiera abrir una conexión. Esta página pregunta cada pocos segundos al sistema operativo qué conexiones hay.</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Abrir</translation>
    </message>
    <message>
        <source>Open the folder: {0}</source>
        <translation>Abrir la carpeta: {0}</translation>
    </message>
    <message>
        <source>There are connections</source>
        <translation>Hay conexiones</translation>
    </message>
    <message>
        <source>The assistant has open internet connections</source>
        <translation>El asistente tiene abiertas conexiones a internet</translation>
    </message>
    <message>
        <source>{0} ({1}): listens at {2}</source>
        <translation>{0} ({1}): escucha en {2}</translation>
    </message>
    <message>
        <source>Not known</source>
        <translation>No se sabe</translation>
    </message>
    <message>
        <source>The system does not tell about every process</source>
        <translation>El sistema no informa de todos los procesos</translation>
    </message>
    <message>
        <source>No connection</source>
        <translation>Sin conexión</translation>
    </message>
    <message>
        <source>No internet connection is open</source>
        <translation>No hay ninguna conexión a internet abierta</translation>
    </message>
    <message>
        <source>One process of the assistant was looked at, just now.</source>
        <translation>Se acaba de mirar un proceso del asistente.</translation>
    </message>
    <message>
        <source>{0} processes of the assistant were looked at, just now.</source>
        <translation>Se acaban de mirar {0} procesos del asistente.</translation>
    </message>
</context>
<context>
    <name>Program</name>
    <message>
        <source>Settings</source>
        <translation>Ajustes</translation>
    </message>
    <message>
        <source>Something went wrong: {0}</source>
        <translation>Algo salió mal: {0}</translation>
    </message>
    <message>
        <source>The log says more.</source>
        <translation>El registro dice más.</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>Ayuda</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Teclas</translation>
    </message>
</context>
<context>
    <name>QuestionBox</name>
    <message>
        <source>Type a question</source>
        <translation>Escribe una pregunta</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>Pregunta</translation>
    </message>
</context>
<context>
    <name>Session</name>
    <message>
        <source>Start again</source>
        <translation>Iniciar de nuevo</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Reintentar</translation>
    </message>
    <message>
        <source>You can type instead.</source>
        <translation>Puedes escribir.</translation>
    </message>
    <message>
        <source>Save again</source>
        <translation>Guardar de nuevo</translation>
    </message>
    <message>
        <source>Your settings file was written anew.</source>
        <translation>Tu archivo de ajustes se escribió de nuevo.</translation>
    </message>
    <message>
        <source>The former one was kept as {0}.</source>
        <translation>El anterior se conservó como {0}.</translation>
    </message>
    <message>
        <source>Something went wrong: {0}</source>
        <translation>Algo salió mal: {0}</translation>
    </message>
</context>
<context>
    <name>SessionPage</name>
    <message>
        <source>Session</source>
        <translation>Sesión</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportar</translation>
    </message>
    <message>
        <source>Save this session&apos;s figures; no words are in them.</source>
        <translation>Guarda las cifras de esta sesión; no contienen palabras.</translation>
    </message>
    <message>
        <source>Table (CSV)…</source>
        <translation>Tabla (CSV)…</translation>
    </message>
    <message>
        <source>Everything (JSON)…</source>
        <translation>Todo (JSON)…</translation>
    </message>
    <message>
        <source>Picture of this page (PNG)…</source>
        <translation>Imagen de esta página (PNG)…</translation>
    </message>
    <message>
        <source>Export the session</source>
        <translation>Exportar la sesión</translation>
    </message>
    <message>
        <source>Choose another place</source>
        <translation>Elegir otro lugar</translation>
    </message>
    <message>
        <source>Sarai, session of {0}</source>
        <translation>Sarai, sesión del {0}</translation>
    </message>
    <message>
        <source>Saved as {0}.</source>
        <translation>Guardado como {0}.</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>Abrir carpeta</translation>
    </message>
</context>
<context>
    <name>SessionReport</name>
    <message>
        <source>First sound</source>
        <translation>Primer sonido</translation>
    </message>
    <message>
        <source>Mouth to ear</source>
        <translation>De boca a oído</translation>
    </message>
    <message>
        <source>Writing speed</source>
        <translation>Velocidad de escritura</translation>
    </message>
    <message>
        <source>First sound, P50</source>
        <translation>Primer sonido, P50</translation>
    </message>
    <message>
        <source>Mouth to ear, P50</source>
        <translation>De boca a oído, P50</translation>
    </message>
    <message>
        <source>How fast the last answer was written, and what of its prompt was still known.</source>
        <translation>Con qué rapidez se escribió la última respuesta, y cuánto de su entrada ya se conocía.</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Memoria</translation>
    </message>
    <message>
        <source>Resident memory of the models&apos; process and of the window&apos;s, in megabytes.</source>
        <translation>Memoria residente del proceso de los modelos y del de la ventana, en megabytes.</translation>
    </message>
    <message>
        <source>Ask something: every answered turn appears here, with the time each stage took.</source>
        <translation>Pregunta algo: cada turno respondido aparece aquí, con el tiempo de cada etapa.</translation>
    </message>
    <message>
        <source>Stage times of each turn</source>
        <translation>Tiempos de cada turno por etapas</translation>
    </message>
    <message>
        <source>One dot for each turn; the thick line is P50, the thin one P95.</source>
        <translation>Un punto por turno; la línea gruesa es el P50, la fina el P95.</translation>
    </message>
    <message>
        <source>Distribution</source>
        <translation>Distribución</translation>
    </message>
    <message>
        <source>Memory over time</source>
        <translation>Memoria a lo largo del tiempo</translation>
    </message>
    <message numerus="yes">
        <source>%n answered turn(s) since {0}.</source>
        <translation>
            <numerusform>%n turno respondido desde las {0}.</numerusform>
            <numerusform>%n turnos respondidos desde las {0}.</numerusform>
        </translation>
    </message>
    <message>
        <source>Models: {0}.</source>
        <translation>Modelos: {0}.</translation>
    </message>
    <message numerus="yes">
        <source>%n of them had other models: they are not in P50, P95 and distribution.</source>
        <translation>
            <numerusform>%n de ellos tuvo otros modelos: no cuenta para P50, P95 ni distribución.</numerusform>
            <numerusform>%n de ellos tuvieron otros modelos: no cuentan para P50, P95 ni distribución.</numerusform>
        </translation>
    </message>
    <message>
        <source>P95 {0}</source>
        <translation>P95 {0}</translation>
    </message>
    <message>
        <source>{0} tokens/s</source>
        <translation>{0} tokens/s</translation>
    </message>
    <message>
        <source>{0} tokens reused</source>
        <translation>{0} tokens reutilizados</translation>
    </message>
    <message>
        <source>No answered turn yet since {0}.</source>
        <translation>Ningún turno respondido desde las {0}.</translation>
    </message>
    <message>
        <source>Turn {0}, {1}, cut short</source>
        <translation>Turno {0}, {1}, interrumpido</translation>
    </message>
    <message>
        <source>Turn {0}, {1}</source>
        <translation>Turno {0}, {1}</translation>
    </message>
    <message>
        <source>{0} MB</source>
        <translation>{0} MB</translation>
    </message>
    <message>
        <source>models {0}, window {1}</source>
        <translation>modelos {0}, ventana {1}</translation>
    </message>
</context>
<context>
    <name>SetCardView</name>
    <message>
        <source>Use this set</source>
        <translation>Usar este conjunto</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>Descargar</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Detener</translation>
    </message>
    <message>
        <source>More</source>
        <translation>Más</translation>
    </message>
    <message>
        <source>Check the files</source>
        <translation>Comprobar los archivos</translation>
    </message>
    <message>
        <source>Use the set {0}</source>
        <translation>Usar el conjunto {0}</translation>
    </message>
    <message>
        <source>Download the set {0}</source>
        <translation>Descargar el conjunto {0}</translation>
    </message>
    <message>
        <source>Stop downloading the set {0}</source>
        <translation>Detener la descarga del conjunto {0}</translation>
    </message>
    <message>
        <source>More about the set {0}</source>
        <translation>Más sobre el conjunto {0}</translation>
    </message>
    <message>
        <source>English</source>
        <translation>Inglés</translation>
    </message>
    <message>
        <source>Spanish</source>
        <translation>Español</translation>
    </message>
    <message>
        <source>Remove from this computer …</source>
        <translation>Quitar de este equipo…</translation>
    </message>
    <message>
        <source>Not now</source>
        <translation>Ahora no</translation>
    </message>
    <message>
        <source>Details of the set {0}</source>
        <translation>Detalles del conjunto {0}</translation>
    </message>
    <message>
        <source>not measured</source>
        <translation>no medida</translation>
    </message>
    <message>
        <source>Commercial use is restricted.</source>
        <translation>El uso comercial está restringido.</translation>
    </message>
    <message>
        <source>Languages</source>
        <translation>Idiomas</translation>
    </message>
    <message>
        <source>To download</source>
        <translation>Por descargar</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Memoria</translation>
    </message>
    <message>
        <source>Speed here</source>
        <translation>Velocidad aquí</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>Licencia</translation>
    </message>
    <message>
        <source>none, {0} are on this computer</source>
        <translation>ninguna, {0} ya están en este equipo</translation>
    </message>
    <message>
        <source>size not known</source>
        <translation>tamaño desconocido</translation>
    </message>
    <message>
        <source>({0} are here already)</source>
        <translation>({0} ya están aquí)</translation>
    </message>
    <message>
        <source>Hears</source>
        <translation>Escucha</translation>
    </message>
    <message>
        <source>Thinks</source>
        <translation>Piensa</translation>
    </message>
    <message>
        <source>Speaks</source>
        <translation>Habla</translation>
    </message>
    <message>
        <source>not measured yet</source>
        <translation>aún no medida</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>Calidad</translation>
    </message>
    <message>
        <source>Less</source>
        <translation>Menos</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Detalles</translation>
    </message>
    <message>
        <source>Your settings file has no set of this name yet.</source>
        <translation>Tu archivo de ajustes aún no tiene un conjunto con este nombre.</translation>
    </message>
    <message>
        <source>Switching …</source>
        <translation>Cambiando…</translation>
    </message>
    <message>
        <source>Stopping …</source>
        <translation>Deteniendo…</translation>
    </message>
    <message>
        <source>Removing …</source>
        <translation>Quitando…</translation>
    </message>
    <message>
        <source>Checking every file …</source>
        <translation>Comprobando cada archivo…</translation>
    </message>
    <message>
        <source>Beginning …</source>
        <translation>Empezando…</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>En espera</translation>
    </message>
    <message>
        <source>Checking what is here</source>
        <translation>Comprobando lo que hay</translation>
    </message>
    <message>
        <source>Unpacking</source>
        <translation>Desempaquetando</translation>
    </message>
    <message>
        <source>Copying</source>
        <translation>Copiando</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0} de {1}</translation>
    </message>
    <message>
        <source>{0} a second</source>
        <translation>{0} por segundo</translation>
    </message>
    <message>
        <source>less than a minute left</source>
        <translation>falta menos de un minuto</translation>
    </message>
    <message>
        <source>about {0} min left</source>
        <translation>faltan unos {0} min</translation>
    </message>
</context>
<context>
    <name>SettingRow</name>
    <message>
        <source>Back to the default</source>
        <translation>Volver al valor de fábrica</translation>
    </message>
    <message>
        <source>Back to the default: {0}</source>
        <translation>Volver al valor de fábrica: {0}</translation>
    </message>
</context>
<context>
    <name>SettingsForm</name>
    <message>
        <source>These keys already stop the answer or begin a turn.</source>
        <translation>Estas teclas ya detienen la respuesta o empiezan un turno.</translation>
    </message>
</context>
<context>
    <name>SettingsPage</name>
    <message>
        <source>Audio</source>
        <translation>Audio</translation>
    </message>
    <message>
        <source>Voice</source>
        <translation>Voz</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelos</translation>
    </message>
    <message>
        <source>Conversation</source>
        <translation>Conversación</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Teclas</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>Aspecto</translation>
    </message>
    <message>
        <source>Privacy</source>
        <translation>Privacidad</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Buscar</translation>
    </message>
    <message>
        <source>Search the settings</source>
        <translation>Buscar en los ajustes</translation>
    </message>
</context>
<context>
    <name>SettingsWords</name>
    <message>
        <source>day</source>
        <translation>día</translation>
    </message>
    <message>
        <source>days</source>
        <translation>días</translation>
    </message>
    <message>
        <source>wpm</source>
        <translation>ppm</translation>
    </message>
    <message>
        <source>for ever</source>
        <translation>siempre</translation>
    </message>
    <message>
        <source>Must be at least “{0}”, {1} (is {2}).</source>
        <translation>Debe ser como mínimo «{0}», {1} (es {2}).</translation>
    </message>
    <message>
        <source>Must be at least {0} (is {1}).</source>
        <translation>Debe ser como mínimo {0} (es {1}).</translation>
    </message>
    <message>
        <source>Must be at most {0} (is {1}).</source>
        <translation>Debe ser como máximo {0} (es {1}).</translation>
    </message>
    <message>
        <source>Must be more than {0} (is {1}).</source>
        <translation>Debe ser más de {0} (es {1}).</translation>
    </message>
    <message>
        <source>Must be less than {0} (is {1}).</source>
        <translation>Debe ser menos de {0} (es {1}).</translation>
    </message>
    <message>
        <source>Must not be empty or that short.</source>
        <translation>No debe estar vacío ni ser tan corto.</translation>
    </message>
    <message>
        <source>Is too long.</source>
        <translation>Es demasiado largo.</translation>
    </message>
    <message>
        <source>Language you speak</source>
        <translation>Idioma en el que hablas</translation>
    </message>
    <message>
        <source>How a turn begins</source>
        <translation>Cómo empieza un turno</translation>
    </message>
    <message>
        <source>How the talk key works</source>
        <translation>Cómo funciona la tecla para hablar</translation>
    </message>
    <message>
        <source>Persona</source>
        <translation>Personalidad</translation>
    </message>
    <message>
        <source>The assistant&apos;s own voice</source>
        <translation>La voz del propio asistente</translation>
    </message>
    <message>
        <source>Short sounds</source>
        <translation>Sonidos breves</translation>
    </message>
    <message>
        <source>What the assistant hears you with.</source>
        <translation>Con qué te oye el asistente.</translation>
    </message>
    <message>
        <source>What you hear the assistant with.</source>
        <translation>Con qué oyes al asistente.</translation>
    </message>
    <message>
        <source>What is done about the assistant&apos;s voice in the microphone.</source>
        <translation>Qué se hace con la voz del asistente en el micrófono.</translation>
    </message>
    <message>
        <source>What the assistant understands and answers in.</source>
        <translation>En qué idioma entiende y responde el asistente.</translation>
    </message>
    <message>
        <source>What the window is written in.</source>
        <translation>En qué idioma está escrita la ventana.</translation>
    </message>
    <message>
        <source>Colours of the window.</source>
        <translation>Colores de la ventana.</translation>
    </message>
    <message>
        <source>By speaking, or only with the talk key.</source>
        <translation>Al hablar, o solo con la tecla para hablar.</translation>
    </message>
    <message>
        <source>Automatic tells holding and tapping apart by how long you press.</source>
        <translation>Automático distingue mantener y tocar por lo que dura la pulsación.</translation>
    </message>
    <message>
        <source>Words a turn must begin with when you talk hands-free. Empty for none.</source>
        <translation>Palabras con las que debe empezar un turno en manos libres. Vacío: ninguna.</translation>
    </message>
    <message>
        <source>Keys pressed together to talk.</source>
        <translation>Teclas que se pulsan a la vez para hablar.</translation>
    </message>
    <message>
        <source>Keys pressed together to stop the answer.</source>
        <translation>Teclas que se pulsan a la vez para detener la respuesta.</translation>
    </message>
    <message>
        <source>What the model is told about itself. The starter model knows only the sentence it comes with; another one makes it worse.</source>
        <translation>Lo que se le dice al modelo sobre sí mismo. El modelo inicial solo conoce la frase que trae; con otra empeora.</translation>
    </message>
    <message>
        <source>Conversations are written to this computer&apos;s disk, and nowhere else.</source>
        <translation>Las conversaciones se escriben en el disco de este equipo y en ningún otro sitio.</translation>
    </message>
    <message>
        <source>Older conversations are deleted.</source>
        <translation>Las conversaciones más antiguas se borran.</translation>
    </message>
    <message>
        <source>Which models are used.</source>
        <translation>Qué modelos se usan.</translation>
    </message>
    <message>
        <source>English</source>
        <translation>Inglés</translation>
    </message>
    <message>
        <source>Spanish</source>
        <translation>Español</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>Como el sistema</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Claro</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Oscuro</translation>
    </message>
    <message>
        <source>Take it out</source>
        <translation>Quitarla</translation>
    </message>
    <message>
        <source>Do not listen meanwhile</source>
        <translation>No escuchar mientras tanto</translation>
    </message>
    <message>
        <source>Nothing, I use headphones</source>
        <translation>Nada, uso auriculares</translation>
    </message>
    <message>
        <source>Hands-free</source>
        <translation>Manos libres</translation>
    </message>
    <message>
        <source>Talk key</source>
        <translation>Tecla para hablar</translation>
    </message>
    <message>
        <source>Hold</source>
        <translation>Mantener</translation>
    </message>
    <message>
        <source>Tap</source>
        <translation>Tocar</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Automático</translation>
    </message>
</context>
<context>
    <name>Several</name>
    <message>
        <source>Back to the list</source>
        <translation>Volver a la lista</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportar</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Borrar</translation>
    </message>
    <message numerus="yes">
        <source>%n conversations are chosen</source>
        <translation>
            <numerusform>%n conversación elegida</numerusform>
            <numerusform>%n conversaciones elegidas</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Sparkline</name>
    <message>
        <source>First sound of the last turns</source>
        <translation>Primer sonido de los últimos turnos</translation>
    </message>
    <message>
        <source>{0} turns, from {1} to {2}, the last {3}</source>
        <translation>{0} turnos, de {1} a {2}, el último {3}</translation>
    </message>
    <message>
        <source>No figures yet</source>
        <translation>Todavía no hay cifras</translation>
    </message>
    <message>
        <source>First sound of the last {0} turns; the dashed line is {1}.</source>
        <translation>Primer sonido de los últimos {0} turnos; la línea discontinua es {1}.</translation>
    </message>
    <message>
        <source>Turn {0}: {1}</source>
        <translation>Turno {0}: {1}</translation>
    </message>
</context>
<context>
    <name>SpreadChart</name>
    <message>
        <source>Distribution</source>
        <translation>Distribución</translation>
    </message>
    <message>
        <source>The spread of every stage appears here.</source>
        <translation>Aquí aparece la dispersión de cada etapa.</translation>
    </message>
    <message>
        <source>One dot for each turn; the thick line is P50, the thin one P95.</source>
        <translation>Un punto por turno; la línea gruesa es el P50, la fina el P95.</translation>
    </message>
    <message>
        <source>{0}: {1} turns, P50 {2}, P95 {3}, from {4} to {5}. {6}</source>
        <translation>{0}: {1} turnos, P50 {2}, P95 {3}, de {4} a {5}. {6}</translation>
    </message>
</context>
<context>
    <name>StageChart</name>
    <message>
        <source>Stage times of each turn</source>
        <translation>Tiempos de cada turno por etapas</translation>
    </message>
    <message>
        <source>Turn {0}: {1}</source>
        <translation>Turno {0}: {1}</translation>
    </message>
    <message>
        <source>Every answered turn becomes a column here.</source>
        <translation>Cada turno respondido se convierte aquí en una columna.</translation>
    </message>
</context>
<context>
    <name>StageLegend</name>
    <message>
        <source>Legend of the stages</source>
        <translation>Leyenda de las etapas</translation>
    </message>
</context>
<context>
    <name>StarterNote</name>
    <message>
        <source>You are using the starter set</source>
        <translation>Estás usando el conjunto inicial</translation>
    </message>
    <message>
        <source>It came with the program, so there was nothing to download. It is small: a language model of a few megabytes that this project trained itself, a simple recogniser and a plain voice.</source>
        <translation>Vino con el programa, así que no hubo que descargar nada. Es pequeño: un modelo de lenguaje de pocos megabytes que entrenó este mismo proyecto, un reconocedor sencillo y una voz simple.</translation>
    </message>
    <message>
        <source>It is good at what has a tool: time, dates, sums, units, timers, lists and notes. It knows only some facts, and it mishears free dictation often.</source>
        <translation>Se le da bien aquello para lo que hay una herramienta: la hora, fechas, cuentas, unidades, temporizadores, listas y notas. Sabe pocas cosas y a menudo entiende mal el dictado libre.</translation>
    </message>
    <message>
        <source>Larger sets understand and speak much better. You choose when to download one.</source>
        <translation>Los conjuntos más grandes entienden y hablan mucho mejor. Tú decides cuándo descargar uno.</translation>
    </message>
    <message>
        <source>See the larger sets</source>
        <translation>Ver los más grandes</translation>
    </message>
    <message>
        <source>Stay with this one</source>
        <translation>Seguir con este</translation>
    </message>
</context>
<context>
    <name>Status</name>
    <message>
        <source>Starting…</source>
        <translation>Iniciando…</translation>
    </message>
    <message>
        <source>Starting again…</source>
        <translation>Iniciando de nuevo…</translation>
    </message>
    <message>
        <source>Loading the {0}: {1}</source>
        <translation>Cargando: {0} ({1})</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>Detenido</translation>
    </message>
    <message>
        <source>Ready with the set “{0}”</source>
        <translation>Listo con el conjunto «{0}»</translation>
    </message>
    <message>
        <source>Loaded in {0} s</source>
        <translation>Cargado en {0} s</translation>
    </message>
    <message>
        <source>recogniser</source>
        <translation>reconocedor</translation>
    </message>
    <message>
        <source>thinker</source>
        <translation>pensador</translation>
    </message>
    <message>
        <source>voice</source>
        <translation>voz</translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message>
        <source>Loading the models</source>
        <translation>Cargando los modelos</translation>
    </message>
    <message>
        <source>Nothing leaves this computer</source>
        <translation>Nada sale de este equipo</translation>
    </message>
</context>
<context>
    <name>TalkBar</name>
    <message>
        <source>Hands-free</source>
        <translation>Manos libres</translation>
    </message>
    <message>
        <source>On: just speak. Off: you are heard only while the talk key says so.</source>
        <translation>Activado: solo habla. Desactivado: se te oye solo cuando lo dice la tecla para hablar.</translation>
    </message>
    <message>
        <source>Mute</source>
        <translation>Silenciar</translation>
    </message>
    <message>
        <source>Stop listening by itself; the talk key works all the same.</source>
        <translation>Deja de escuchar por sí mismo; la tecla para hablar sigue funcionando.</translation>
    </message>
    <message>
        <source>Ask (Enter)</source>
        <translation>Preguntar (Intro)</translation>
    </message>
    <message>
        <source>Ask</source>
        <translation>Preguntar</translation>
    </message>
    <message>
        <source>Stop the answer (Escape)</source>
        <translation>Detener la respuesta (Escape)</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Detener</translation>
    </message>
    <message>
        <source>Nothing was understood</source>
        <translation>No se entendió nada</translation>
    </message>
    <message>
        <source>Heard “{0}”, which is no question</source>
        <translation>Se oyó «{0}», que no es una pregunta</translation>
    </message>
</context>
<context>
    <name>TalkButton</name>
    <message>
        <source>Talk</source>
        <translation>Hablar</translation>
    </message>
    <message>
        <source>No microphone: type your question</source>
        <translation>Sin micrófono: escribe tu pregunta</translation>
    </message>
    <message>
        <source>Listening…</source>
        <translation>Escuchando…</translation>
    </message>
    <message>
        <source>Thinking…</source>
        <translation>Pensando…</translation>
    </message>
    <message>
        <source>Speaking… press to interrupt</source>
        <translation>Hablando… pulsa para interrumpir</translation>
    </message>
    <message>
        <source>Stopped: start it again above</source>
        <translation>Detenido: vuelve a iniciarlo arriba</translation>
    </message>
    <message>
        <source>Getting ready: you can already ask</source>
        <translation>Preparándose: ya puedes preguntar</translation>
    </message>
    <message>
        <source>Muted: press Space to talk</source>
        <translation>Silenciado: pulsa Espacio para hablar</translation>
    </message>
    <message>
        <source>Just speak, or press Space</source>
        <translation>Habla sin más, o pulsa Espacio</translation>
    </message>
    <message>
        <source>Just speak, or hold Space</source>
        <translation>Habla sin más, o mantén Espacio</translation>
    </message>
    <message>
        <source>Muted: hold Space to talk</source>
        <translation>Silenciado: mantén Espacio para hablar</translation>
    </message>
    <message>
        <source>Press Space to talk, and again to end</source>
        <translation>Pulsa Espacio para hablar, y otra vez para terminar</translation>
    </message>
    <message>
        <source>Hold Space to talk</source>
        <translation>Mantén Espacio para hablar</translation>
    </message>
</context>
<context>
    <name>TimerCard</name>
    <message>
        <source>Delete</source>
        <translation>Borrar</translation>
    </message>
    <message>
        <source>Timer “{0}” is over ({1})</source>
        <translation>El temporizador «{0}» ha terminado ({1})</translation>
    </message>
    <message>
        <source>Timer is over ({0})</source>
        <translation>El temporizador ha terminado ({0})</translation>
    </message>
</context>
<context>
    <name>TitleBox</name>
    <message>
        <source>Title</source>
        <translation>Título</translation>
    </message>
</context>
<context>
    <name>Tray</name>
    <message>
        <source>Stop talking</source>
        <translation>Dejar de hablar</translation>
    </message>
    <message>
        <source>Talk</source>
        <translation>Hablar</translation>
    </message>
    <message>
        <source>Hide window</source>
        <translation>Ocultar la ventana</translation>
    </message>
    <message>
        <source>Show window</source>
        <translation>Mostrar la ventana</translation>
    </message>
    <message>
        <source>Stop the answer</source>
        <translation>Detener la respuesta</translation>
    </message>
    <message>
        <source>Mute microphone</source>
        <translation>Silenciar el micrófono</translation>
    </message>
    <message>
        <source>Latency overlay</source>
        <translation>Panel de latencias</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Salir</translation>
    </message>
    <message>
        <source>starting</source>
        <translation>iniciando</translation>
    </message>
    <message>
        <source>ready</source>
        <translation>listo</translation>
    </message>
    <message>
        <source>listening</source>
        <translation>escuchando</translation>
    </message>
    <message>
        <source>thinking</source>
        <translation>pensando</translation>
    </message>
    <message>
        <source>speaking</source>
        <translation>hablando</translation>
    </message>
    <message>
        <source>microphone muted</source>
        <translation>micrófono silenciado</translation>
    </message>
    <message>
        <source>something is wrong</source>
        <translation>algo va mal</translation>
    </message>
</context>
<context>
    <name>Troubles</name>
    <message>
        <source>Ask again</source>
        <translation>Preguntar de nuevo</translation>
    </message>
    <message>
        <source>It is being started again.</source>
        <translation>Se está iniciando de nuevo.</translation>
    </message>
    <message>
        <source>Start again</source>
        <translation>Iniciar de nuevo</translation>
    </message>
    <message>
        <source>Choose other models</source>
        <translation>Elegir otros modelos</translation>
    </message>
    <message>
        <source>Privacy</source>
        <translation>Privacidad</translation>
    </message>
    <message>
        <source>The assistant was started again.</source>
        <translation>El asistente se inició de nuevo.</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelos</translation>
    </message>
    <message>
        <source>Your question has no answer yet: “{0}”</source>
        <translation>Tu pregunta aún no tiene respuesta: «{0}»</translation>
    </message>
    <message>
        <source>Choose another</source>
        <translation>Elegir otro</translation>
    </message>
    <message>
        <source>You can type meanwhile.</source>
        <translation>Mientras tanto puedes escribir.</translation>
    </message>
</context>
<context>
    <name>TurnCard</name>
    <message>
        <source>Ask again</source>
        <translation>Preguntar de nuevo</translation>
    </message>
    <message>
        <source>Copy question and answer</source>
        <translation>Copiar pregunta y respuesta</translation>
    </message>
    <message>
        <source>Repeat aloud</source>
        <translation>Repetir en voz alta</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Borrar</translation>
    </message>
    <message>
        <source>Thinking…</source>
        <translation>Pensando…</translation>
    </message>
    <message>
        <source>Waiting for the assistant…</source>
        <translation>Esperando al asistente…</translation>
    </message>
    <message>
        <source>You cut in here; what is struck through was not said.</source>
        <translation>Aquí interrumpiste; lo tachado no se dijo.</translation>
    </message>
    <message>
        <source>You cut in at the end.</source>
        <translation>Interrumpiste al final.</translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation>Cancelado.</translation>
    </message>
    <message>
        <source>Saying it again…</source>
        <translation>Repitiéndolo…</translation>
    </message>
</context>
<context>
    <name>VoiceTab</name>
    <message>
        <source>Voice and language</source>
        <translation>Voz e idioma</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Idioma</translation>
    </message>
    <message>
        <source>Settings of {0}, which speaks now.</source>
        <translation>Ajustes de {0}, que es quien habla ahora.</translation>
    </message>
    <message>
        <source>Voice</source>
        <translation>Voz</translation>
    </message>
    <message>
        <source>Listen</source>
        <translation>Escuchar</translation>
    </message>
    <message>
        <source>Says a sentence with the voice as it is set.</source>
        <translation>Dice una frase con la voz tal como está ajustada.</translation>
    </message>
</context>
<context>
    <name>Welcome</name>
    <message>
        <source>What can I do for you?</source>
        <translation>¿Qué puedo hacer por ti?</translation>
    </message>
    <message>
        <source>Speak, or type below. Everything happens on this computer; nothing leaves it.</source>
        <translation>Habla, o escribe abajo. Todo ocurre en este equipo; nada sale de él.</translation>
    </message>
    <message>
        <source>Ask this</source>
        <translation>Preguntar esto</translation>
    </message>
</context>
<context>
    <name>_Badge</name>
    <message>
        <source>Replica: random weights, only for measuring</source>
        <translation>Réplica: pesos al azar, solo para medir</translation>
    </message>
    <message>
        <source>In use</source>
        <translation>En uso</translation>
    </message>
    <message>
        <source>On this computer</source>
        <translation>En este equipo</translation>
    </message>
</context>
<context>
    <name>_Found</name>
    <message>
        <source>Found</source>
        <translation>Encontrado</translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation>No se encontró nada</translation>
    </message>
</context>
<context>
    <name>_KeysField</name>
    <message>
        <source>Click, then press the keys</source>
        <translation>Haz clic y pulsa las teclas</translation>
    </message>
    <message>
        <source>Press the keys; Esc to leave</source>
        <translation>Pulsa las teclas; Esc para salir</translation>
    </message>
</context>
<context>
    <name>assistant</name>
    <message>
        <source>%1 (is %2). %3</source>
        <translation>%1 (es %2). %3</translation>
    </message>
    <message>
        <source>%1 Your file was kept as %2.</source>
        <translation>%1 Tu archivo se conservó como %2.</translation>
    </message>
    <message>
        <source>%1 Your file was left as it is.</source>
        <translation>%1 Tu archivo quedó como estaba.</translation>
    </message>
    <message>
        <source>%1 cannot be read.</source>
        <translation>No se puede leer %1.</translation>
    </message>
    <message>
        <source>%1 cannot be written.</source>
        <translation>No se puede escribir %1.</translation>
    </message>
    <message>
        <source>%1 contains no sound.</source>
        <translation>%1 no contiene sonido.</translation>
    </message>
    <message>
        <source>%1 does not exist.</source>
        <translation>%1 no existe.</translation>
    </message>
    <message>
        <source>%1 has %2 samples per second; %3 to %4 can be used.</source>
        <translation>%1 tiene %2 muestras por segundo; se admiten de %3 a %4.</translation>
    </message>
    <message>
        <source>%1 impossible sample values were replaced by silence.</source>
        <translation>%1 valores de muestra imposibles se sustituyeron por silencio.</translation>
    </message>
    <message>
        <source>%1 is a device or pipe, not an ordinary file.</source>
        <translation>%1 es un dispositivo o una tubería, no un archivo normal.</translation>
    </message>
    <message>
        <source>%1 is a folder, not a file.</source>
        <translation>%1 es una carpeta, no un archivo.</translation>
    </message>
    <message>
        <source>%1 is a folder.</source>
        <translation>%1 es una carpeta.</translation>
    </message>
    <message>
        <source>%1 is already the name of a model or role</source>
        <translation>%1 ya es el nombre de un modelo o de una función</translation>
    </message>
    <message>
        <source>%1 is damaged or incomplete, or of a kind that cannot be decoded.</source>
        <translation>%1 está dañado o incompleto, o es de un tipo que no se puede decodificar.</translation>
    </message>
    <message>
        <source>%1 is damaged: no sound in it can be decoded.</source>
        <translation>%1 está dañado: no se puede decodificar ningún sonido.</translation>
    </message>
    <message>
        <source>%1 is empty.</source>
        <translation>%1 está vacío.</translation>
    </message>
    <message>
        <source>%1 is not a language model and cannot answer a prompt.</source>
        <translation>%1 no es un modelo de lenguaje y no puede responder.</translation>
    </message>
    <message>
        <source>%1 is not a sound file of a known format.</source>
        <translation>%1 no es un archivo de sonido de un formato conocido.</translation>
    </message>
    <message>
        <source>%1 is not in use.</source>
        <translation>%1 no está en uso.</translation>
    </message>
    <message>
        <source>%1 is not two matrix products with a bias between them.</source>
        <translation>%1 no son dos productos de matrices con un sesgo entre ellos.</translation>
    </message>
    <message>
        <source>%1 lasts only %2 ms; at least %3 ms are needed.</source>
        <translation>%1 dura solo %2 ms; se necesitan al menos %3 ms.</translation>
    </message>
    <message>
        <source>%1 loads, but fails when it is run as %2.</source>
        <translation>%1 se carga, pero falla al ejecutarse como %2.</translation>
    </message>
    <message>
        <source>%1 needs %2 MB, but %3 of the %4 MB for models are in use.</source>
        <translation>%1 necesita %2 MB, pero ya se usan %3 de los %4 MB para modelos.</translation>
    </message>
    <message>
        <source>%1 serves another role than %2</source>
        <translation>%1 cumple otra función que %2</translation>
    </message>
    <message>
        <source>%1 takes %2, not the features of Smart Turn v3.</source>
        <translation>%1 recibe %2, no los datos de Smart Turn v3.</translation>
    </message>
    <message>
        <source>%1. YAML reads %2 as true or false; &apos;%3&apos; is the word.</source>
        <translation>%1. YAML lee %2 como verdadero o falso; &apos;%3&apos; es la palabra.</translation>
    </message>
    <message>
        <source>%1; at most %2 can be used.</source>
        <translation>%1; se admiten como máximo %2.</translation>
    </message>
    <message>
        <source>A constant offset was removed.</source>
        <translation>Se eliminó un desplazamiento constante.</translation>
    </message>
    <message>
        <source>A set from your own settings.</source>
        <translation>Un conjunto de tus propios ajustes.</translation>
    </message>
    <message>
        <source>Above 1 discourages words used already (0.5 to 2); 1 = off.</source>
        <translation>Por encima de 1 evita repetir palabras (de 0.5 a 2); 1 = desactivado.</translation>
    </message>
    <message>
        <source>Add the command `assistant run --hidden` to your login items yourself.</source>
        <translation>Añade tú la orden `assistant run --hidden` a los programas de inicio de sesión.</translation>
    </message>
    <message>
        <source>Aliases</source>
        <translation>Alias</translation>
    </message>
    <message>
        <source>Allow it in your desktop&apos;s keyboard settings, or bind `assistant toggle` there.</source>
        <translation>Permítelo en los ajustes de teclado de tu escritorio, o asigna allí `assistant toggle`.</translation>
    </message>
    <message>
        <source>Allow writing there; `assistant doctor` shows the folder.</source>
        <translation>Permite escribir allí; `assistant doctor` muestra la carpeta.</translation>
    </message>
    <message>
        <source>Allow writing there; what is said is held in memory and written then.</source>
        <translation>Permite escribir allí; lo dicho se guarda en memoria y se escribirá entonces.</translation>
    </message>
    <message>
        <source>Another program has %1 already.</source>
        <translation>Otro programa ya usa %1.</translation>
    </message>
    <message>
        <source>Another program is using the %1 %2.</source>
        <translation>Otro programa está usando el %1 %2.</translation>
    </message>
    <message>
        <source>Another program is using the history at this moment.</source>
        <translation>Otro programa está usando el historial en este momento.</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>Aspecto</translation>
    </message>
    <message>
        <source>Ask again in other words.</source>
        <translation>Pregunta de nuevo con otras palabras.</translation>
    </message>
    <message>
        <source>Ask again when it is ready.</source>
        <translation>Pregunta de nuevo cuando esté listo.</translation>
    </message>
    <message>
        <source>Ask again.</source>
        <translation>Pregunta de nuevo.</translation>
    </message>
    <message>
        <source>Ask again; if it stays so, check the model with: assistant models verify.</source>
        <translation>Pregunta de nuevo; si sigue igual, comprueba el modelo con: assistant models verify.</translation>
    </message>
    <message>
        <source>Ask the pool for a thinker, such as `tiny`.</source>
        <translation>Pide un pensador, como `tiny`.</translation>
    </message>
    <message>
        <source>Audio</source>
        <translation>Audio</translation>
    </message>
    <message>
        <source>Batch</source>
        <translation>Lote</translation>
    </message>
    <message>
        <source>Bind the command `assistant toggle` to a key in your desktop&apos;s keyboard settings.</source>
        <translation>Asigna la orden `assistant toggle` a una tecla en los ajustes de teclado de tu escritorio.</translation>
    </message>
    <message>
        <source>Build llama-cpp-python again on this machine (`make run` does).</source>
        <translation>Compila llama-cpp-python de nuevo en este equipo (lo hace `make run`).</translation>
    </message>
    <message>
        <source>CPU threads it may use (1 to 64).</source>
        <translation>Hilos de procesador que puede usar (de 1 a 64).</translation>
    </message>
    <message>
        <source>Cancel key</source>
        <translation>Tecla para cancelar</translation>
    </message>
    <message>
        <source>Catalogue entry</source>
        <translation>Entrada del catálogo</translation>
    </message>
    <message>
        <source>Change its permissions, or copy it to a folder of yours.</source>
        <translation>Cambia sus permisos, o cópialo a una carpeta tuya.</translation>
    </message>
    <message>
        <source>Check its name and where it lies.</source>
        <translation>Comprueba su nombre y dónde está.</translation>
    </message>
    <message>
        <source>Check that it is a file and that you may read it.</source>
        <translation>Comprueba que sea un archivo y que puedas leerlo.</translation>
    </message>
    <message>
        <source>Check that it is not suspended, or choose another one.</source>
        <translation>Comprueba que no esté suspendido, o elige otro.</translation>
    </message>
    <message>
        <source>Check that it is plugged in and switched on in the sound settings, or choose another one.</source>
        <translation>Comprueba que esté conectado y activado en los ajustes de sonido, o elige otro.</translation>
    </message>
    <message>
        <source>Check that you may write into %1, then save again.</source>
        <translation>Comprueba que puedas escribir en %1 y guarda de nuevo.</translation>
    </message>
    <message>
        <source>Check the file&apos;s permissions.</source>
        <translation>Comprueba los permisos del archivo.</translation>
    </message>
    <message>
        <source>Check the name; without one the packaged settings are used.</source>
        <translation>Comprueba el nombre; sin él se usan los ajustes incluidos.</translation>
    </message>
    <message>
        <source>Check the spelling and the folder.</source>
        <translation>Comprueba cómo está escrito y la carpeta.</translation>
    </message>
    <message>
        <source>Choose a chat model in the settings.</source>
        <translation>Elige en los ajustes un modelo de conversación.</translation>
    </message>
    <message>
        <source>Choose a current file of this model.</source>
        <translation>Elige un archivo actual de este modelo.</translation>
    </message>
    <message>
        <source>Choose a folder of yours.</source>
        <translation>Elige una carpeta tuya.</translation>
    </message>
    <message>
        <source>Choose a value from %1 to %2.</source>
        <translation>Elige un valor de %1 a %2.</translation>
    </message>
    <message>
        <source>Choose among the likeliest tokens of this total probability (above 0, to 1).</source>
        <translation>Elige entre los tokens más probables que suman esta probabilidad (más de 0, hasta 1).</translation>
    </message>
    <message>
        <source>Choose among this many likeliest tokens (0 to 1000); 0 = all.</source>
        <translation>Elige entre este número de tokens más probables (de 0 a 1000); 0 = todos.</translation>
    </message>
    <message>
        <source>Choose an instruction-tuned (chat) model.</source>
        <translation>Elige un modelo adaptado a la conversación (chat).</translation>
    </message>
    <message>
        <source>Choose another folder, or make room on the disk.</source>
        <translation>Elige otra carpeta, o libera espacio en el disco.</translation>
    </message>
    <message>
        <source>Choose another model, or another file of this one.</source>
        <translation>Elige otro modelo, u otro archivo de este.</translation>
    </message>
    <message>
        <source>Choose another name or folder.</source>
        <translation>Elige otro nombre u otra carpeta.</translation>
    </message>
    <message>
        <source>Choose another one in the settings.</source>
        <translation>Elige otra en los ajustes.</translation>
    </message>
    <message>
        <source>Choose another thinker in the settings.</source>
        <translation>Elige otro pensador en los ajustes.</translation>
    </message>
    <message>
        <source>Choose one of %1.</source>
        <translation>Elige entre %1.</translation>
    </message>
    <message>
        <source>Choose other keys in the settings, or free these in the other program.</source>
        <translation>Elige otras teclas en los ajustes, o libera estas en el otro programa.</translation>
    </message>
    <message>
        <source>Choose other keys in the settings.</source>
        <translation>Elige otras teclas en los ajustes.</translation>
    </message>
    <message>
        <source>Choose the ordinary (little-endian) file of this model.</source>
        <translation>Elige el archivo normal (little-endian) de este modelo.</translation>
    </message>
    <message>
        <source>Choose values in the ranges given.</source>
        <translation>Elige valores dentro de los límites indicados.</translation>
    </message>
    <message>
        <source>Close other programs, or lower pool.budget_mb in the settings.</source>
        <translation>Cierra otros programas, o baja pool.budget_mb en los ajustes.</translation>
    </message>
    <message>
        <source>Close that program, or choose another device: `assistant devices` lists them.</source>
        <translation>Cierra ese programa, o elige otro dispositivo: `assistant devices` los muestra.</translation>
    </message>
    <message>
        <source>Close the synthesiser that holds it, then open this one.</source>
        <translation>Cierra el sintetizador que la ocupa y abre este después.</translation>
    </message>
    <message>
        <source>Closing the window leaves the assistant running where there is a tray.</source>
        <translation>Al cerrar la ventana, el asistente sigue en marcha si el escritorio tiene bandeja.</translation>
    </message>
    <message>
        <source>Colours: system, light or dark.</source>
        <translation>Colores: system (los del sistema), light (claros) o dark (oscuros).</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>Contexto</translation>
    </message>
    <message>
        <source>Conversation</source>
        <translation>Conversación</translation>
    </message>
    <message>
        <source>Convert it to 16000 samples per second.</source>
        <translation>Conviértelo a 16000 muestras por segundo.</translation>
    </message>
    <message>
        <source>Correct these places; %1 shows every key and its range.</source>
        <translation>Corrige estos lugares; %1 muestra cada clave y sus límites.</translation>
    </message>
    <message>
        <source>Create it, or choose another one.</source>
        <translation>Créala, o elige otra.</translation>
    </message>
    <message>
        <source>Cut it into shorter files.</source>
        <translation>Córtalo en archivos más cortos.</translation>
    </message>
    <message>
        <source>Days after which conversations are deleted (0 to 36500, 0 = never).</source>
        <translation>Días tras los que se borran las conversaciones (de 0 a 36500; 0 = nunca).</translation>
    </message>
    <message>
        <source>Did you mean %1? `assistant devices` lists them all.</source>
        <translation>¿Querías decir %1? `assistant devices` los muestra todos.</translation>
    </message>
    <message>
        <source>Did you mean %1? `assistant say --list-voices` shows all.</source>
        <translation>¿Querías decir %1? `assistant say --list-voices` las muestra todas.</translation>
    </message>
    <message>
        <source>Drop tokens below this share of the likeliest one&apos;s probability (0 to 1).</source>
        <translation>Descarta los tokens por debajo de esta fracción de la probabilidad del más probable (de 0 a 1).</translation>
    </message>
    <message>
        <source>Earcons</source>
        <translation>Señales sonoras</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>Motor</translation>
    </message>
    <message>
        <source>Expected memory</source>
        <translation>Memoria prevista</translation>
    </message>
    <message>
        <source>Fallback</source>
        <translation>Alternativa</translation>
    </message>
    <message>
        <source>Fetch it with: assistant models pull.</source>
        <translation>Descárgalo con: assistant models pull.</translation>
    </message>
    <message>
        <source>Fetch the model again: assistant models pull.</source>
        <translation>Descarga el modelo de nuevo: assistant models pull.</translation>
    </message>
    <message>
        <source>Flash attention</source>
        <translation>Atención rápida (flash attention)</translation>
    </message>
    <message>
        <source>Free some space and try again.</source>
        <translation>Libera espacio e inténtalo de nuevo.</translation>
    </message>
    <message>
        <source>Free some space on that disk.</source>
        <translation>Libera espacio en ese disco.</translation>
    </message>
    <message>
        <source>Free some space, then save again.</source>
        <translation>Libera espacio y guarda de nuevo.</translation>
    </message>
    <message>
        <source>From low (0) to high (100).</source>
        <translation>De grave (0) a agudo (100).</translation>
    </message>
    <message>
        <source>Give the name of a file in it.</source>
        <translation>Da el nombre de un archivo que esté en ella.</translation>
    </message>
    <message>
        <source>Hang limit</source>
        <translation>Límite de bloqueo</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Historial</translation>
    </message>
    <message>
        <source>How each model is run; the files behind it are in the catalogue.</source>
        <translation>Cómo se ejecuta cada modelo; sus archivos están en el catálogo.</translation>
    </message>
    <message>
        <source>How much the loaded models may take together.</source>
        <translation>Cuánto pueden ocupar juntos los modelos cargados.</translation>
    </message>
    <message>
        <source>How solid the overlay is (0.3 to 1.0).</source>
        <translation>Lo opaco que es el panel (de 0.3 a 1.0).</translation>
    </message>
    <message>
        <source>How the next token is chosen.</source>
        <translation>Cómo se elige el siguiente token.</translation>
    </message>
    <message>
        <source>How the window looks and behaves.</source>
        <translation>Cómo se ve y se comporta la ventana.</translation>
    </message>
    <message>
        <source>How the worker process is watched.</source>
        <translation>Cómo se vigila el proceso de trabajo.</translation>
    </message>
    <message>
        <source>Id of the entry in models/catalogue.yaml that says which files belong to it.</source>
        <translation>Identificador de la entrada de models/catalogue.yaml que dice qué archivos le pertenecen.</translation>
    </message>
    <message>
        <source>In a script of your own, start the assistant under if __name__ == &quot;__main__&quot;.</source>
        <translation>En un programa propio, inicia el asistente dentro de if __name__ == &quot;__main__&quot;.</translation>
    </message>
    <message>
        <source>Install &quot;pywebrtc-audio&quot;, or set audio.echo to half_duplex.</source>
        <translation>Instala &quot;pywebrtc-audio&quot;, o pon audio.echo en half_duplex.</translation>
    </message>
    <message>
        <source>Install %1 again (%2).</source>
        <translation>Instala %1 de nuevo (%2).</translation>
    </message>
    <message>
        <source>Install Python %1 or newer.</source>
        <translation>Instala Python %1 o más reciente.</translation>
    </message>
    <message>
        <source>Install it: on Debian and Ubuntu, the package libportaudio2.</source>
        <translation>Instálala: en Debian y Ubuntu, el paquete libportaudio2.</translation>
    </message>
    <message>
        <source>Install the newer version again to read it.</source>
        <translation>Instala de nuevo la versión más reciente para leerlo.</translation>
    </message>
    <message>
        <source>Install the program again, or correct the file.</source>
        <translation>Instala el programa de nuevo, o corrige el archivo.</translation>
    </message>
    <message>
        <source>Install the program again, or restore the files (%1).</source>
        <translation>Instala el programa de nuevo, o restaura los archivos (%1).</translation>
    </message>
    <message>
        <source>Install the program again, or run `assistant models verify`.</source>
        <translation>Instala el programa de nuevo, o ejecuta `assistant models verify`.</translation>
    </message>
    <message>
        <source>Install the program again.</source>
        <translation>Instala el programa de nuevo.</translation>
    </message>
    <message>
        <source>Interrupting</source>
        <translation>Interrumpir</translation>
    </message>
    <message>
        <source>It is being restarted; ask again.</source>
        <translation>Se está reiniciando; pregunta de nuevo.</translation>
    </message>
    <message>
        <source>It is kept aside, and a new one begun, with the next conversation.</source>
        <translation>Se guardará aparte y se empezará uno nuevo con la próxima conversación.</translation>
    </message>
    <message>
        <source>Keep conversations</source>
        <translation>Guardar conversaciones</translation>
    </message>
    <message>
        <source>Keep for</source>
        <translation>Guardar durante</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Teclas</translation>
    </message>
    <message>
        <source>Keys pressed together to stop the answer, joined by +.</source>
        <translation>Teclas que se pulsan a la vez para detener la respuesta, unidas con +.</translation>
    </message>
    <message>
        <source>Keys pressed together to talk, joined by +.</source>
        <translation>Teclas que se pulsan a la vez para hablar, unidas con +.</translation>
    </message>
    <message>
        <source>Keys that work in every program.</source>
        <translation>Teclas que funcionan en todos los programas.</translation>
    </message>
    <message>
        <source>Known models: %1.</source>
        <translation>Modelos conocidos: %1.</translation>
    </message>
    <message>
        <source>Known names: %1.</source>
        <translation>Nombres conocidos: %1.</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Idioma</translation>
    </message>
    <message>
        <source>Language it listens for, en or es; null = the one you speak. Models of one language take no notice.</source>
        <translation>Idioma que escucha, en o es; null = el que hablas. Los modelos de un solo idioma no hacen caso.</translation>
    </message>
    <message>
        <source>Language model</source>
        <translation>Modelo de lenguaje</translation>
    </message>
    <message>
        <source>Language of the window: system, en or es.</source>
        <translation>Idioma de la ventana: system (el del sistema), en (inglés) o es (español).</translation>
    </message>
    <message>
        <source>Language you speak: en or es.</source>
        <translation>Idioma en el que hablas: en (inglés) o es (español).</translation>
    </message>
    <message>
        <source>Latency overlay</source>
        <translation>Panel de latencias</translation>
    </message>
    <message>
        <source>Layout of this file</source>
        <translation>Formato de este archivo</translation>
    </message>
    <message>
        <source>Less motion</source>
        <translation>Menos movimiento</translation>
    </message>
    <message>
        <source>Listening</source>
        <translation>Escucha</translation>
    </message>
    <message>
        <source>Load on start-up</source>
        <translation>Cargar al iniciar</translation>
    </message>
    <message>
        <source>Loaded before the assistant says it is ready, even outside the active set.</source>
        <translation>Se carga antes de que el asistente esté listo, aunque no sea del conjunto activo.</translation>
    </message>
    <message>
        <source>Longest pause</source>
        <translation>Pausa más larga</translation>
    </message>
    <message>
        <source>Longest reply</source>
        <translation>Respuesta más larga</translation>
    </message>
    <message>
        <source>Longest turn</source>
        <translation>Turno más largo</translation>
    </message>
    <message>
        <source>Look after the disk; the conversation itself goes on.</source>
        <translation>Revisa el disco; la conversación sigue.</translation>
    </message>
    <message>
        <source>Loudspeaker</source>
        <translation>Altavoz</translation>
    </message>
    <message>
        <source>Make it writable, or set %1 to another folder.</source>
        <translation>Permite escribir en ella, o indica otra carpeta en %1.</translation>
    </message>
    <message>
        <source>Make some room on the disk.</source>
        <translation>Libera espacio en el disco.</translation>
    </message>
    <message>
        <source>Make some room on the disk; what is said is held in memory and written then.</source>
        <translation>Libera espacio en el disco; lo dicho se guarda en memoria y se escribirá entonces.</translation>
    </message>
    <message>
        <source>Map the file</source>
        <translation>Proyectar el archivo</translation>
    </message>
    <message>
        <source>Map the file instead of reading it; true costs about twice the memory.</source>
        <translation>Proyecta el archivo en memoria en vez de leerlo; activarlo cuesta casi el doble de memoria.</translation>
    </message>
    <message>
        <source>Megabytes above which it is replaced (128 to 1000000, above pool.budget_mb).</source>
        <translation>Megabytes por encima de los cuales se sustituye (de 128 a 1000000, más que pool.budget_mb).</translation>
    </message>
    <message>
        <source>Megabytes for all loaded models together (64 to 1000000).</source>
        <translation>Megabytes para todos los modelos cargados juntos (de 64 a 1000000).</translation>
    </message>
    <message>
        <source>Megabytes to keep free for it (1 to 1000000); null = the catalogue&apos;s figure.</source>
        <translation>Megabytes que se le reservan (de 1 a 1000000); null = los del catálogo.</translation>
    </message>
    <message>
        <source>Memory budget</source>
        <translation>Memoria para modelos</translation>
    </message>
    <message>
        <source>Memory cap</source>
        <translation>Tope de memoria</translation>
    </message>
    <message>
        <source>Microphone</source>
        <translation>Micrófono</translation>
    </message>
    <message>
        <source>Milliseconds of silence after &quot;and&quot;, &quot;um&quot; and the like (200 to 5000).</source>
        <translation>Milisegundos de silencio tras «y», «eh» y parecidos (de 200 a 5000).</translation>
    </message>
    <message>
        <source>Milliseconds of silence after which work begins on trial (90 to 600).</source>
        <translation>Milisegundos de silencio tras los que se empieza a trabajar a prueba (de 90 a 600).</translation>
    </message>
    <message>
        <source>Milliseconds of silence that end a complete-sounding turn (200 to 3000).</source>
        <translation>Milisegundos de silencio que terminan un turno que suena completo (de 200 a 3000).</translation>
    </message>
    <message>
        <source>Milliseconds of silence that end a turn (200 to 3000).</source>
        <translation>Milisegundos de silencio que terminan un turno (de 200 a 3000).</translation>
    </message>
    <message>
        <source>Min p</source>
        <translation>Min p</translation>
    </message>
    <message>
        <source>Mode</source>
        <translation>Modo</translation>
    </message>
    <message>
        <source>Model pool</source>
        <translation>Reserva de modelos</translation>
    </message>
    <message>
        <source>Model set</source>
        <translation>Conjunto de modelos</translation>
    </message>
    <message>
        <source>Model sets</source>
        <translation>Conjuntos de modelos</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelos</translation>
    </message>
    <message>
        <source>Models of the same role tried in this order when this one does not load.</source>
        <translation>Modelos de la misma función que se prueban en este orden si este no se carga.</translation>
    </message>
    <message>
        <source>Move it so that the whole path is shorter, for example into your home folder.</source>
        <translation>Muévelo para que la ruta sea más corta, por ejemplo a tu carpeta personal.</translation>
    </message>
    <message>
        <source>Name a model that serves as thinker.</source>
        <translation>Indica un modelo que sirva de pensador.</translation>
    </message>
    <message>
        <source>Name it, or choose the general model.</source>
        <translation>Indícalo, o elige el modelo general.</translation>
    </message>
    <message>
        <source>Name of an eSpeak NG voice, such as en-us, en-gb, es or es-419.</source>
        <translation>Nombre de una voz de eSpeak NG, como en-us, en-gb, es o es-419.</translation>
    </message>
    <message>
        <source>Name of the model that answers.</source>
        <translation>Nombre del modelo que responde.</translation>
    </message>
    <message>
        <source>Name of the model that hears you.</source>
        <translation>Nombre del modelo que te escucha.</translation>
    </message>
    <message>
        <source>Name of the model that speaks.</source>
        <translation>Nombre del modelo que habla.</translation>
    </message>
    <message>
        <source>Name one file in it.</source>
        <translation>Indica un archivo que esté en ella.</translation>
    </message>
    <message>
        <source>Name or part of the name of a loudspeaker; null = the system&apos;s default.</source>
        <translation>Nombre, o parte del nombre, de un altavoz; null = el del sistema.</translation>
    </message>
    <message>
        <source>Name or part of the name of a microphone; null = the system&apos;s default.</source>
        <translation>Nombre, o parte del nombre, de un micrófono; null = el del sistema.</translation>
    </message>
    <message>
        <source>Named choices of one model for each role.</source>
        <translation>Elecciones con nombre de un modelo para cada función.</translation>
    </message>
    <message>
        <source>No animations and no moving level rings.</source>
        <translation>Sin animaciones ni anillos de nivel en movimiento.</translation>
    </message>
    <message>
        <source>No other program could use “%1” any more; add Ctrl, Alt or Meta to it.</source>
        <translation>Ningún otro programa podría usar ya «%1»; añádele Ctrl, Alt o Meta.</translation>
    </message>
    <message>
        <source>Number of the layout (1); raised when keys are renamed.</source>
        <translation>Número del formato (1); aumenta cuando cambian las claves.</translation>
    </message>
    <message>
        <source>Once loaded it is never unloaded to make room.</source>
        <translation>Una vez cargado, nunca se descarga para hacer sitio.</translation>
    </message>
    <message>
        <source>Open it again to speak.</source>
        <translation>Ábrela de nuevo para hablar.</translation>
    </message>
    <message>
        <source>Other names for a role of the active set (stt, thinker, tts) or for a model.</source>
        <translation>Otros nombres para una función del conjunto activo (stt, thinker, tts) o para un modelo.</translation>
    </message>
    <message>
        <source>Our own ears and voice around the starter&apos;s thinker; the chain of ONNX graphs of the seeds.</source>
        <translation>Nuestros propios oídos y voz alrededor del pensador inicial; la cadena de grafos ONNX de las semillas.</translation>
    </message>
    <message>
        <source>Overlay opacity</source>
        <translation>Opacidad del panel</translation>
    </message>
    <message>
        <source>Own voice</source>
        <translation>Voz propia</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pausa</translation>
    </message>
    <message>
        <source>Permanent</source>
        <translation>Permanente</translation>
    </message>
    <message>
        <source>Ping interval</source>
        <translation>Intervalo de control</translation>
    </message>
    <message>
        <source>Pitch</source>
        <translation>Tono</translation>
    </message>
    <message>
        <source>Plug one in, or check the sound settings of your system.</source>
        <translation>Conecta uno, o revisa los ajustes de sonido del sistema.</translation>
    </message>
    <message>
        <source>Prompt tokens processed at once (16 to 4096), at most context_tokens.</source>
        <translation>Tokens del texto de entrada que se procesan a la vez (de 16 a 4096), como máximo context_tokens.</translation>
    </message>
    <message>
        <source>Pull it again, or go on without: pauses then decide by the words alone.</source>
        <translation>Descárgalo de nuevo, o sigue sin él: las pausas se decidirán solo por las palabras.</translation>
    </message>
    <message>
        <source>Sarai&apos;s own ears</source>
        <translation>Los oídos propios de Sarai</translation>
    </message>
    <message>
        <source>The %1 lack their file %2.</source>
        <translation>A %1 les falta su archivo %2.</translation>
    </message>
    <message>
        <source>The program that runs the model: ears.</source>
        <translation>El programa que ejecuta el modelo: ears.</translation>
    </message>
    <message>
        <source>There is no voice %1.</source>
        <translation>No hay ninguna voz %1.</translation>
    </message>
    <message>
        <source>This desktop gives programs no keys that work everywhere.</source>
        <translation>Este escritorio no da a los programas teclas que funcionen en todas partes.</translation>
    </message>
    <message>
        <source>Trained by this project on synthetic voices only; hears commands, little free speech.</source>
        <translation>Entrenados por este proyecto solo con voces sintéticas; entienden órdenes, poca habla libre.</translation>
    </message>
    <message>
        <source>the recogniser</source>
        <translation>el reconocedor</translation>
    </message>
    <message>
        <source>the thinker</source>
        <translation>el pensador</translation>
    </message>
    <message>
        <source>the voice</source>
        <translation>la voz</translation>
    </message>
    <message>
        <source>the window</source>
        <translation>la ventana</translation>
    </message>
    <message>
        <source>there is none, so no window can open</source>
        <translation>no hay ninguna, así que no se puede abrir una ventana</translation>
    </message>
    <message>
        <source>tool calls exact</source>
        <translation>llamadas a herramientas exactas</translation>
    </message>
    <message>
        <source>tool results stated</source>
        <translation>resultados de herramientas dichos</translation>
    </message>
    <message>
        <source>unknown version</source>
        <translation>versión desconocida</translation>
    </message>
    <message>
        <source>was killed</source>
        <translation>fue terminado</translation>
    </message>
    <message>
        <source>was not looked at</source>
        <translation>no se miró</translation>
    </message>
    <message>
        <source>word errors read back by PocketSphinx</source>
        <translation>palabras mal entendidas por PocketSphinx al escucharla</translation>
    </message>
    <message>
        <source>word errors read back by Whisper</source>
        <translation>errores de palabra leídos por Whisper</translation>
    </message>
    <message>
        <source>word errors, average</source>
        <translation>errores de palabra, promedio</translation>
    </message>
    <message>
        <source>word errors, clean read speech</source>
        <translation>errores de palabra, lectura limpia</translation>
    </message>
    <message>
        <source>word errors, commands</source>
        <translation>errores de palabra, órdenes</translation>
    </message>
    <message>
        <source>word errors, other read speech</source>
        <translation>errores de palabra, otra lectura</translation>
    </message>
    <message>
        <source>word errors, read speech</source>
        <translation>errores de palabra, lectura</translation>
    </message>
    <message>
        <source>writes</source>
        <translation>escribe</translation>
    </message>
    <message>
        <source>your own file is %1</source>
        <translation>tu propio archivo es %1</translation>
    </message>
    <message>
        <source>“%1” has no key besides Ctrl, Alt, Shift and Meta.</source>
        <translation>«%1» no tiene ninguna tecla además de Ctrl, Alt, Shift y Meta.</translation>
    </message>
    <message>
        <source>“%1” has no name before or after a +.</source>
        <translation>A «%1» le falta un nombre antes o después de un +.</translation>
    </message>
    <message>
        <source>“%1” has two keys, %2 and %3; only one may be there.</source>
        <translation>«%1» tiene dos teclas, %2 y %3; solo puede haber una.</translation>
    </message>
    <message>
        <source>Raise pool.budget_mb in the settings, or choose a smaller model.</source>
        <translation>Sube pool.budget_mb en los ajustes, o elige un modelo más pequeño.</translation>
    </message>
    <message>
        <source> (exit code %1)</source>
        <translation> (código de salida %1)</translation>
    </message>
    <message>
        <source> (not there, which is fine)</source>
        <translation> (no está, y no importa)</translation>
    </message>
    <message>
        <source> (signal %1)</source>
        <translation> (señal %1)</translation>
    </message>
    <message>
        <source>%1 (%2), %3 files, %4 MB, %5</source>
        <translation>%1 (%2), %3 archivos, %4 MB, %5</translation>
    </message>
    <message>
        <source>%1 cannot be written: %2</source>
        <translation>no se puede escribir en %1: %2</translation>
    </message>
    <message>
        <source>%1 is a replica with random weights: what it does means nothing.</source>
        <translation>%1 es una réplica con pesos al azar: lo que hace no significa nada.</translation>
    </message>
    <message>
        <source>%1 is not a whole ONNX file.</source>
        <translation>%1 no es un archivo ONNX completo.</translation>
    </message>
    <message>
        <source>%1 is not the file of the %2: %3.</source>
        <translation>%1 no es el archivo de %2: %3.</translation>
    </message>
    <message>
        <source>%1 not counted</source>
        <translation>%1 sin contar</translation>
    </message>
    <message>
        <source>%1 of %2 MB are free</source>
        <translation>%1 de %2 MB están libres</translation>
    </message>
    <message>
        <source>%1, %2 MB free</source>
        <translation>%1, %2 MB libres</translation>
    </message>
    <message>
        <source>%1, with replicas</source>
        <translation>%1, con réplicas</translation>
    </message>
    <message>
        <source>%1; the models may take up to %2 MB</source>
        <translation>%1; los modelos pueden ocupar hasta %2 MB</translation>
    </message>
    <message>
        <source>%1; this CPU also has %2</source>
        <translation>%1; este procesador tiene además %2</translation>
    </message>
    <message>
        <source>%1; this CPU lacks %2</source>
        <translation>%1; a este procesador le falta %2</translation>
    </message>
    <message>
        <source>54 voices. Speaks a sentence at a time; slower than the other voices.</source>
        <translation>54 voces. Habla frase a frase; más lenta que las otras voces.</translation>
    </message>
    <message>
        <source>A larger thinker than in Light, and a voice that begins to speak before its sentence is finished.</source>
        <translation>Un pensador más grande que en Ligero, y una voz que empieza a hablar antes de acabar la frase.</translation>
    </message>
    <message>
        <source>A woman&apos;s voice, trained by this project on a free synthesiser; begins to speak at once.</source>
        <translation>Voz de mujer, entrenada por este proyecto con un sintetizador libre; empieza a hablar al instante.</translation>
    </message>
    <message>
        <source>Address of a mirror for all other files, which has them under host/path of their own address; null = none.</source>
        <translation>Dirección de una réplica para los demás archivos, que los tiene bajo servidor/ruta de su propia dirección; null = ninguna.</translation>
    </message>
    <message>
        <source>Address of a mirror of the model hub; null = the hub itself.</source>
        <translation>Dirección de una réplica del almacén de modelos; null = el almacén mismo.</translation>
    </message>
    <message>
        <source>As lfm2.5-1.2b; trained to lose less by the 4 bits.</source>
        <translation>Como lfm2.5-1.2b; entrenado para perder menos con los 4 bits.</translation>
    </message>
    <message>
        <source>As lfm2.5-350m; trained to lose less by the 4 bits.</source>
        <translation>Como lfm2.5-350m; entrenado para perder menos con los 4 bits.</translation>
    </message>
    <message>
        <source>As whisper-tiny with fewer errors; others report that its 8-bit encoder sometimes repeats itself.</source>
        <translation>Como whisper-tiny con menos errores; otros cuentan que su codificador de 8 bits a veces se repite.</translation>
    </message>
    <message>
        <source>Attempts</source>
        <translation>Intentos</translation>
    </message>
    <message>
        <source>Begins to speak before the sentence is finished.</source>
        <translation>Empieza a hablar antes de acabar la frase.</translation>
    </message>
    <message>
        <source>Canary 180M flash, 8 bit</source>
        <translation>Canary 180M flash, 8 bits</translation>
    </message>
    <message>
        <source>Choose an installed voice, or pull the model again.</source>
        <translation>Elige una voz instalada, o descarga el modelo de nuevo.</translation>
    </message>
    <message>
        <source>Choose one of them, or null.</source>
        <translation>Elige uno de ellos, o null.</translation>
    </message>
    <message>
        <source>Comes with the program and works at once. Good for commands, the time, timers, notes and sums.</source>
        <translation>Viene con el programa y funciona al momento. Bueno para órdenes, la hora, temporizadores, notas y cuentas.</translation>
    </message>
    <message>
        <source>Connection limit</source>
        <translation>Límite de conexión</translation>
    </message>
    <message>
        <source>Downloads</source>
        <translation>Descargas</translation>
    </message>
    <message>
        <source>English, Spanish, German and French in one model.</source>
        <translation>Inglés, español, alemán y francés en un solo modelo.</translation>
    </message>
    <message>
        <source>English. Its work grows with what you say, so short sentences are quick.</source>
        <translation>Inglés. Su trabajo crece con lo que dices, así que las frases cortas son rápidas.</translation>
    </message>
    <message>
        <source>FastConformer-CTC Spanish, 8 bit</source>
        <translation>FastConformer-CTC español, 8 bits</translation>
    </message>
    <message>
        <source>Fetch the model again.</source>
        <translation>Descarga el modelo de nuevo.</translation>
    </message>
    <message>
        <source>Free to use, but commercially only below 10 million US dollars of yearly revenue.</source>
        <translation>De uso libre, pero comercialmente solo por debajo de 10 millones de dólares de ingresos al año.</translation>
    </message>
    <message>
        <source>From where models are fetched when you ask for them.</source>
        <translation>De dónde se descargan los modelos cuando los pides.</translation>
    </message>
    <message>
        <source>Hears from the voice whether you have finished; with it, pauses can be shorter.</source>
        <translation>Oye en la voz si has terminado; con él, las pausas pueden ser más cortas.</translation>
    </message>
    <message>
        <source>How fast it speaks (0.5 to 2); 1 = as recorded.</source>
        <translation>Con qué rapidez habla (de 0.5 a 2); 1 = como se grabó.</translation>
    </message>
    <message>
        <source>How fast it speaks (0.5 to 2); 1 = as trained.</source>
        <translation>Velocidad al hablar (de 0.5 a 2); 1 = como se entrenó.</translation>
    </message>
    <message>
        <source>It works, but slower than it could. %1</source>
        <translation>Funciona, pero más despacio de lo que podría. %1</translation>
    </message>
    <message>
        <source>Keep a reordered copy of the weights; false takes less memory and more time.</source>
        <translation>Guarda una copia reordenada de los pesos; false ocupa menos memoria y tarda más.</translation>
    </message>
    <message>
        <source>Keep freed work memory for the next run; false takes less memory and more time.</source>
        <translation>Conserva la memoria de trabajo liberada para la próxima vez; false ocupa menos memoria y tarda más.</translation>
    </message>
    <message>
        <source>Keep work memory</source>
        <translation>Conservar memoria de trabajo</translation>
    </message>
    <message>
        <source>Kokoro 82M v1.0</source>
        <translation>Kokoro 82M v1.0</translation>
    </message>
    <message>
        <source>Kokoro has no English or Spanish voice %1.</source>
        <translation>Kokoro no tiene ninguna voz %1 en inglés o español.</translation>
    </message>
    <message>
        <source>LFM2 1.2B, 4 bit</source>
        <translation>LFM2 1.2B, 4 bits</translation>
    </message>
    <message>
        <source>LFM2 350M, 4 bit</source>
        <translation>LFM2 350M, 4 bits</translation>
    </message>
    <message>
        <source>LFM2.5 1.2B Instruct, 4 bit</source>
        <translation>LFM2.5 1.2B Instruct, 4 bits</translation>
    </message>
    <message>
        <source>LFM2.5 1.2B Instruct, 4 bit, trained for it</source>
        <translation>LFM2.5 1.2B Instruct, 4 bits, entrenado para ello</translation>
    </message>
    <message>
        <source>LFM2.5 350M Instruct, 4 bit</source>
        <translation>LFM2.5 350M Instruct, 4 bits</translation>
    </message>
    <message>
        <source>LFM2.5 350M Instruct, 4 bit, trained for it</source>
        <translation>LFM2.5 350M Instruct, 4 bits, entrenado para ello</translation>
    </message>
    <message>
        <source>Language it listens for, en or es; models of one language take no notice.</source>
        <translation type="vanished">Idioma que espera oír, en o es; los modelos de un solo idioma no lo tienen en cuenta.</translation>
    </message>
    <message>
        <source>Larger than the other Piper voices. Speaks a sentence at a time.</source>
        <translation>Más grande que las otras voces Piper. Habla frase a frase.</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Ligero</translation>
    </message>
    <message>
        <source>Light, Spanish</source>
        <translation>Ligero, español</translation>
    </message>
    <message>
        <source>Liveliness (0 to 2); 0 = always sounds the same.</source>
        <translation>Viveza (de 0 a 2); 0 = siempre suena igual.</translation>
    </message>
    <message>
        <source>Many languages in one small model, but slower for short sentences.</source>
        <translation>Muchos idiomas en un modelo pequeño, pero más lento con frases cortas.</translation>
    </message>
    <message>
        <source>Milliseconds of new speech until the text so far is renewed (100 to 5000).</source>
        <translation>Milisegundos de voz nueva hasta renovar el texto provisional (de 100 a 5000).</translation>
    </message>
    <message>
        <source>Mirror</source>
        <translation>Réplica</translation>
    </message>
    <message>
        <source>Model hub</source>
        <translation>Almacén de modelos</translation>
    </message>
    <message>
        <source>Models may be downloaded when you ask for it; false = never, import them instead.</source>
        <translation>Los modelos se pueden descargar cuando tú lo pides; false = nunca, hay que importarlos.</translation>
    </message>
    <message>
        <source>Name of a voice that lies beside the model, such as alba or lola.</source>
        <translation>Nombre de una voz que está junto al modelo, como alba o lola.</translation>
    </message>
    <message>
        <source>Name of one of its voices, such as af_heart, bf_emma, ef_dora or em_alex.</source>
        <translation>Nombre de una de sus voces, como af_heart, bf_emma, ef_dora o em_alex.</translation>
    </message>
    <message>
        <source>Name of the speaker in a voice of several; null = its first.</source>
        <translation>Nombre del hablante en una voz de varios; null = el primero.</translation>
    </message>
    <message>
        <source>On Debian and Ubuntu: sudo apt install libportaudio2</source>
        <translation>En Debian y Ubuntu: sudo apt install libportaudio2</translation>
    </message>
    <message>
        <source>Parakeet TDT-CTC 110M (CTC), 8 bit</source>
        <translation>Parakeet TDT-CTC 110M (CTC), 8 bits</translation>
    </message>
    <message>
        <source>Partial text every</source>
        <translation>Texto provisional cada</translation>
    </message>
    <message>
        <source>Piper, American English, LJ, high quality</source>
        <translation>Piper, inglés americano, LJ, alta calidad</translation>
    </message>
    <message>
        <source>Piper, American English, Norman</source>
        <translation>Piper, inglés americano, Norman</translation>
    </message>
    <message>
        <source>Piper, British English, Alba</source>
        <translation>Piper, inglés británico, Alba</translation>
    </message>
    <message>
        <source>Piper, Spanish of Mexico, Ald</source>
        <translation>Piper, español de México, Ald</translation>
    </message>
    <message>
        <source>Piper, Spanish of Spain, DaveFX</source>
        <translation>Piper, español de España, DaveFX</translation>
    </message>
    <message>
        <source>Pocket TTS, 8 bit, English, voice Alba</source>
        <translation>Pocket TTS, 8 bits, inglés, voz Alba</translation>
    </message>
    <message>
        <source>Pocket TTS, 8 bit, Spanish, voice Lola</source>
        <translation>Pocket TTS, 8 bits, español, voz Lola</translation>
    </message>
    <message>
        <source>PocketSphinx en-us with our language model for commands</source>
        <translation>PocketSphinx en-us con nuestro modelo de lenguaje para órdenes</translation>
    </message>
    <message>
        <source>Pull the model (`assistant models pull`).</source>
        <translation>Descarga el modelo (`assistant models pull`).</translation>
    </message>
    <message>
        <source>Pull the model again, or point at the folder that holds its .onnx files.</source>
        <translation>Descarga el modelo de nuevo, o indica la carpeta que contiene sus archivos .onnx.</translation>
    </message>
    <message>
        <source>Pull the model again.</source>
        <translation>Descarga el modelo de nuevo.</translation>
    </message>
    <message>
        <source>Raise worker.memory_cap_mb in the settings, or choose a smaller model set.</source>
        <translation>Sube worker.memory_cap_mb en los ajustes, o elige un conjunto de modelos más pequeño.</translation>
    </message>
    <message>
        <source>Raise worker.start_timeout_s in the settings, or run `assistant doctor`.</source>
        <translation>Sube worker.start_timeout_s en los ajustes, o ejecuta `assistant doctor`.</translation>
    </message>
    <message>
        <source>Randomness (0 to 2); 0 = always the likeliest token.</source>
        <translation>Azar (de 0 a 2); 0 = siempre el token más probable.</translation>
    </message>
    <message>
        <source>Rate</source>
        <translation>Velocidad</translation>
    </message>
    <message>
        <source>Record it again, and speak before stopping.</source>
        <translation>Grábalo de nuevo, y habla antes de parar.</translation>
    </message>
    <message>
        <source>Record it again.</source>
        <translation>Grábalo de nuevo.</translation>
    </message>
    <message>
        <source>Reinstall the Python package espeakng-loader.</source>
        <translation>Reinstala el paquete de Python espeakng-loader.</translation>
    </message>
    <message>
        <source>Release once for each get.</source>
        <translation>Libera una vez por cada petición.</translation>
    </message>
    <message>
        <source>Remove and pull it again.</source>
        <translation>Quítalo y descárgalo de nuevo.</translation>
    </message>
    <message>
        <source>Remove it, or set XDG_RUNTIME_DIR to a folder that only you can open.</source>
        <translation>Quítala, o indica en XDG_RUNTIME_DIR una carpeta que solo tú puedas abrir.</translation>
    </message>
    <message>
        <source>Remove the model and pull it again, or run `assistant models verify`.</source>
        <translation>Quita el modelo y descárgalo de nuevo, o ejecuta `assistant models verify`.</translation>
    </message>
    <message>
        <source>Reorder weights</source>
        <translation>Reordenar los pesos</translation>
    </message>
    <message>
        <source>Repeat penalty</source>
        <translation>Penalización por repetir</translation>
    </message>
    <message>
        <source>Restart limit</source>
        <translation>Límite de reinicios</translation>
    </message>
    <message>
        <source>Restart window</source>
        <translation>Periodo de reinicios</translation>
    </message>
    <message>
        <source>Restarts within restart_window_s before giving up (0 to 100).</source>
        <translation>Reinicios dentro de restart_window_s antes de desistir (de 0 a 100).</translation>
    </message>
    <message>
        <source>Run `assistant doctor`.</source>
        <translation>Ejecuta `assistant doctor`.</translation>
    </message>
    <message>
        <source>Run `assistant models pull %1`.</source>
        <translation>Ejecuta `assistant models pull %1`.</translation>
    </message>
    <message>
        <source>Run `assistant models remove %1` and `assistant models pull %2`.</source>
        <translation>Ejecuta `assistant models remove %1` y `assistant models pull %2`.</translation>
    </message>
    <message>
        <source>Run `assistant models replica %1`, or unset %2.</source>
        <translation>Ejecuta `assistant models replica %1`, o desactiva %2.</translation>
    </message>
    <message>
        <source>Run `assistant models replica %1`.</source>
        <translation>Ejecuta `assistant models replica %1`.</translation>
    </message>
    <message>
        <source>Run `assistant models verify`.</source>
        <translation>Ejecuta `assistant models verify`.</translation>
    </message>
    <message>
        <source>Run `make run` again, or install %1.</source>
        <translation>Ejecuta `make run` de nuevo, o instala %1.</translation>
    </message>
    <message>
        <source>Run with --verbose to see why.</source>
        <translation>Ejecuta con --verbose para ver por qué.</translation>
    </message>
    <message>
        <source>Sampling</source>
        <translation>Muestreo</translation>
    </message>
    <message>
        <source>Sarai starter thinker</source>
        <translation>Pensador inicial de Sarai</translation>
    </message>
    <message>
        <source>Sarai&apos;s own voice</source>
        <translation>La voz propia de Sarai</translation>
    </message>
    <message>
        <source>Save the recording to a file first.</source>
        <translation>Guarda antes la grabación en un archivo.</translation>
    </message>
    <message>
        <source>Say it again; see the log.</source>
        <translation>Dilo de nuevo; mira el registro.</translation>
    </message>
    <message>
        <source>Say it in fewer words, or raise the thinker&apos;s context_tokens in the settings.</source>
        <translation>Dilo con menos palabras, o sube context_tokens del pensador en los ajustes.</translation>
    </message>
    <message>
        <source>Seconds after an answer in which the wake phrase is not needed (0 to 600).</source>
        <translation>Segundos tras una respuesta en los que no hace falta la frase de activación (de 0 a 600).</translation>
    </message>
    <message>
        <source>Seconds after which a turn is ended in any case (5 to 600).</source>
        <translation>Segundos tras los que un turno termina en todo caso (de 5 a 600).</translation>
    </message>
    <message>
        <source>Seconds between looks for idle models (0.1 to 3600).</source>
        <translation>Segundos entre búsquedas de modelos inactivos (de 0.1 a 3600).</translation>
    </message>
    <message>
        <source>Seconds between two questions whether it is alive (0.05 to 60).</source>
        <translation>Segundos entre dos comprobaciones de que sigue vivo (de 0.05 a 60).</translation>
    </message>
    <message>
        <source>Seconds it may take to end by itself before it is killed (0.1 to 60).</source>
        <translation>Segundos que puede tardar en terminar antes de forzarlo (de 0.1 a 60).</translation>
    </message>
    <message>
        <source>Seconds it may take until its models are loaded (1 to 3600).</source>
        <translation>Segundos que puede tardar en cargar sus modelos (de 1 a 3600).</translation>
    </message>
    <message>
        <source>Seconds one tool may take (0.1 to 120).</source>
        <translation>Segundos que puede tardar una herramienta (de 0.1 a 120).</translation>
    </message>
    <message>
        <source>Seconds over which restarts are counted (1 to 86400).</source>
        <translation>Segundos durante los que se cuentan los reinicios (de 1 a 86400).</translation>
    </message>
    <message>
        <source>Seconds to reach a server (1 to 300).</source>
        <translation>Segundos para alcanzar un servidor (de 1 a 300).</translation>
    </message>
    <message>
        <source>Seconds without a byte until the server is asked again (1 to 3600).</source>
        <translation>Segundos sin recibir un byte hasta volver a preguntar al servidor (de 1 a 3600).</translation>
    </message>
    <message>
        <source>Seconds without an answer after which it is replaced (0.2 to 600).</source>
        <translation>Segundos sin respuesta tras los que se sustituye (de 0.2 a 600).</translation>
    </message>
    <message>
        <source>Seconds without use after which it is unloaded (1 to 86400); null = never.</source>
        <translation>Segundos sin uso tras los que se descarga (de 1 a 86400); null = nunca.</translation>
    </message>
    <message>
        <source>See whether the disk is full or the folder is write-protected.</source>
        <translation>Mira si el disco está lleno o si la carpeta está protegida contra escritura.</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Semilla</translation>
    </message>
    <message>
        <source>Semitones above or below the trained voice (-4.5 to 4.5).</source>
        <translation>Semitonos por encima o por debajo de la voz entrenada (de -4.5 a 4.5).</translation>
    </message>
    <message>
        <source>Sets: %1. Models: `assistant models list --all`.</source>
        <translation>Conjuntos: %1. Modelos: `assistant models list --all`.</translation>
    </message>
    <message>
        <source>Short sounds for listening and thinking.</source>
        <translation>Sonidos breves al escuchar y al pensar.</translation>
    </message>
    <message>
        <source>Shortest pause</source>
        <translation>Pausa más corta</translation>
    </message>
    <message>
        <source>Show the small panel with the latency of each turn.</source>
        <translation>Muestra el pequeño panel con la latencia de cada turno.</translation>
    </message>
    <message>
        <source>Small and fast; short answers and tools.</source>
        <translation>Pequeño y rápido; respuestas cortas y herramientas.</translation>
    </message>
    <message>
        <source>Smart Turn v3.2</source>
        <translation>Smart Turn v3.2</translation>
    </message>
    <message>
        <source>Soft end</source>
        <translation>Fin provisional</translation>
    </message>
    <message>
        <source>Spanish, with capitals, full stops, commas and question marks. Short sentences are quick.</source>
        <translation>Español, con mayúsculas, puntos, comas y signos de interrogación. Las frases cortas son rápidas.</translation>
    </message>
    <message>
        <source>Speak, or use `assistant ask`.</source>
        <translation>Habla, o usa `assistant ask`.</translation>
    </message>
    <message>
        <source>Speaker</source>
        <translation>Hablante</translation>
    </message>
    <message>
        <source>Speaking stops the assistant&apos;s answer.</source>
        <translation>Si hablas, el asistente deja de responder.</translation>
    </message>
    <message>
        <source>Speaks a sentence at a time.</source>
        <translation>Habla frase a frase.</translation>
    </message>
    <message>
        <source>Speech probability from which a frame counts as speech (0.05 to 0.95).</source>
        <translation>Probabilidad a partir de la cual un fragmento cuenta como voz (de 0.05 a 0.95).</translation>
    </message>
    <message>
        <source>Speech threshold</source>
        <translation>Umbral de voz</translation>
    </message>
    <message>
        <source>Speech to text</source>
        <translation>Voz a texto</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Velocidad</translation>
    </message>
    <message>
        <source>Stall limit</source>
        <translation>Límite de espera</translation>
    </message>
    <message>
        <source>Standard</source>
        <translation>Estándar</translation>
    </message>
    <message>
        <source>Standard, Spanish</source>
        <translation>Estándar, español</translation>
    </message>
    <message>
        <source>Start a new conversation.</source>
        <translation>Empieza una conversación nueva.</translation>
    </message>
    <message>
        <source>Start again.</source>
        <translation>Inícialo de nuevo.</translation>
    </message>
    <message>
        <source>Start at login</source>
        <translation>Iniciar con la sesión</translation>
    </message>
    <message>
        <source>Start hidden</source>
        <translation>Iniciar oculto</translation>
    </message>
    <message>
        <source>Start it again; if that happens again, run `assistant doctor` and look at the log.</source>
        <translation>Vuelve a iniciarlo; si se repite, ejecuta `assistant doctor` y mira el registro.</translation>
    </message>
    <message>
        <source>Start limit</source>
        <translation>Límite de arranque</translation>
    </message>
    <message>
        <source>Start of the random numbers (0 to 4294967294): same seed, same answer.</source>
        <translation>Inicio de los números al azar (de 0 a 4294967294): misma semilla, misma respuesta.</translation>
    </message>
    <message>
        <source>Start when you log in.</source>
        <translation>Se inicia cuando entras en tu sesión.</translation>
    </message>
    <message>
        <source>Start with the tray icon only.</source>
        <translation>Se inicia solo con el icono de la bandeja.</translation>
    </message>
    <message>
        <source>Starter</source>
        <translation>Inicial</translation>
    </message>
    <message>
        <source>Starting at login is not built for this system yet.</source>
        <translation>Iniciar con la sesión todavía no está hecho para este sistema.</translation>
    </message>
    <message>
        <source>Stay in the tray</source>
        <translation>Quedarse en la bandeja</translation>
    </message>
    <message>
        <source>Stop limit</source>
        <translation>Límite de parada</translation>
    </message>
    <message>
        <source>Sweep</source>
        <translation>Limpieza</translation>
    </message>
    <message>
        <source>System prompt</source>
        <translation>Instrucciones del sistema</translation>
    </message>
    <message>
        <source>Talk key</source>
        <translation>Tecla para hablar</translation>
    </message>
    <message>
        <source>Talk key everywhere</source>
        <translation>Tecla para hablar en todas partes</translation>
    </message>
    <message>
        <source>Talker</source>
        <translation>Talker</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>Temperatura</translation>
    </message>
    <message>
        <source>Text to speech</source>
        <translation>Texto a voz</translation>
    </message>
    <message>
        <source>The %1 %2 cannot be opened.</source>
        <translation>No se puede abrir el %1 %2.</translation>
    </message>
    <message>
        <source>The %1 %2 has stopped working.</source>
        <translation>El %1 %2 ha dejado de funcionar.</translation>
    </message>
    <message>
        <source>The %1 %2 is missing.</source>
        <translation>Falta el %1 %2.</translation>
    </message>
    <message>
        <source>The %1 %2 was unplugged or switched off.</source>
        <translation>El %1 %2 se desconectó o se apagó.</translation>
    </message>
    <message>
        <source>The %1 failed unexpectedly.</source>
        <translation>Falló inesperadamente: %1.</translation>
    </message>
    <message>
        <source>The %1 lacks its file %2.</source>
        <translation>A %1 le falta su archivo %2.</translation>
    </message>
    <message>
        <source>The %1 language model has no file.</source>
        <translation>El modelo de lenguaje %1 no tiene archivo.</translation>
    </message>
    <message>
        <source>The %1 must lie between %2 and %3%4, not %5.</source>
        <translation>El valor de %1 debe estar entre %2 y %3%4, no %5.</translation>
    </message>
    <message>
        <source>The %1&apos;s file %2 is damaged.</source>
        <translation>El archivo %2 de %1 está dañado.</translation>
    </message>
    <message>
        <source>The PortAudio library is not installed.</source>
        <translation>La biblioteca PortAudio no está instalada.</translation>
    </message>
    <message>
        <source>The Smart Turn model %1 does not load.</source>
        <translation>El modelo Smart Turn %1 no se carga.</translation>
    </message>
    <message>
        <source>The Smart Turn model %1 is not installed.</source>
        <translation>El modelo Smart Turn %1 no está instalado.</translation>
    </message>
    <message>
        <source>The assistant has met an error of its own and stopped.</source>
        <translation>El asistente ha tenido un error interno y se ha detenido.</translation>
    </message>
    <message>
        <source>The assistant&apos;s voice in the microphone: cancel (take it out), half_duplex (do not listen while it speaks), none (headphones).</source>
        <translation>La voz del asistente en el micrófono: cancel (quitarla), half_duplex (no escuchar mientras habla), none (auriculares).</translation>
    </message>
    <message>
        <source>The catalogue has no model %1%2.</source>
        <translation>El catálogo no tiene ningún modelo %1%2.</translation>
    </message>
    <message>
        <source>The catalogue of models has problems:</source>
        <translation>El catálogo de modelos tiene problemas:</translation>
    </message>
    <message>
        <source>The channels cancel each other; only channel %1 was used.</source>
        <translation>Los canales se anulan entre sí; solo se usó el canal %1.</translation>
    </message>
    <message>
        <source>The conversation no longer fits into the thinker&apos;s memory.</source>
        <translation>La conversación ya no cabe en la memoria del pensador.</translation>
    </message>
    <message>
        <source>The defaults are used.</source>
        <translation>Se usan los valores de fábrica.</translation>
    </message>
    <message>
        <source>The desktop was asked for the talk key and did not allow it.</source>
        <translation>Se pidió al escritorio la tecla para hablar y no la permitió.</translation>
    </message>
    <message>
        <source>The disk does not answer, so part of this conversation is not kept.</source>
        <translation>El disco no responde, así que parte de esta conversación no se guarda.</translation>
    </message>
    <message>
        <source>The disk is full, so the history cannot be changed.</source>
        <translation>El disco está lleno, así que el historial no se puede cambiar.</translation>
    </message>
    <message>
        <source>The echo canceller does not load, so the assistant would hear itself.</source>
        <translation>El cancelador de eco no se carga, así que el asistente se oiría a sí mismo.</translation>
    </message>
    <message>
        <source>The espeak-ng library does not load on this machine.</source>
        <translation>La biblioteca espeak-ng no se carga en este equipo.</translation>
    </message>
    <message>
        <source>The espeak-ng voice files could not be loaded.</source>
        <translation>No se pudieron cargar los archivos de la voz espeak-ng.</translation>
    </message>
    <message>
        <source>The espeak-ng voice is already in use in this process.</source>
        <translation>La voz espeak-ng ya está en uso en este proceso.</translation>
    </message>
    <message>
        <source>The espeak-ng voice was closed.</source>
        <translation>La voz espeak-ng se cerró.</translation>
    </message>
    <message>
        <source>The file %1 could not be changed: %2.</source>
        <translation>No se pudo cambiar el archivo %1: %2.</translation>
    </message>
    <message>
        <source>The file could not be written.</source>
        <translation>No se pudo escribir el archivo.</translation>
    </message>
    <message>
        <source>The file ends early or is damaged; what could be read was used.</source>
        <translation>El archivo acaba antes de tiempo o está dañado; se usó lo que se pudo leer.</translation>
    </message>
    <message>
        <source>The files of the espeak-ng voice are missing.</source>
        <translation>Faltan los archivos de la voz espeak-ng.</translation>
    </message>
    <message>
        <source>The folder %1 belongs to somebody else or is open to others.</source>
        <translation>La carpeta %1 es de otra persona o está abierta a otras.</translation>
    </message>
    <message>
        <source>The folder %1 of the recogniser is not there.</source>
        <translation>La carpeta %1 del reconocedor no está.</translation>
    </message>
    <message>
        <source>The folder for %1 does not exist.</source>
        <translation>La carpeta para %1 no existe.</translation>
    </message>
    <message>
        <source>The folder of the history does not let this program write.</source>
        <translation>La carpeta del historial no deja escribir a este programa.</translation>
    </message>
    <message>
        <source>The generation before lfm2.5-1.2b.</source>
        <translation>La generación anterior a lfm2.5-1.2b.</translation>
    </message>
    <message>
        <source>The generation before lfm2.5-350m.</source>
        <translation>La generación anterior a lfm2.5-350m.</translation>
    </message>
    <message>
        <source>The history cannot be used.</source>
        <translation>No se puede usar el historial.</translation>
    </message>
    <message>
        <source>The history file is damaged.</source>
        <translation>El archivo del historial está dañado.</translation>
    </message>
    <message>
        <source>The history file was damaged; a new one was begun.</source>
        <translation>El archivo del historial estaba dañado; se ha empezado uno nuevo.</translation>
    </message>
    <message>
        <source>The history was written by a newer version of this program.</source>
        <translation>El historial lo escribió una versión más reciente de este programa.</translation>
    </message>
    <message>
        <source>The keyboard has no %1 key, so %2 cannot be used.</source>
        <translation>El teclado no tiene la tecla %1, así que no se puede usar %2.</translation>
    </message>
    <message>
        <source>The language model %1 is damaged or of another kind.</source>
        <translation>El modelo de lenguaje %1 está dañado o es de otro tipo.</translation>
    </message>
    <message>
        <source>The language model gave no answer.</source>
        <translation>El modelo de lenguaje no dio respuesta.</translation>
    </message>
    <message>
        <source>The language model kept calling tools without answering.</source>
        <translation>El modelo de lenguaje siguió llamando a herramientas sin responder.</translation>
    </message>
    <message>
        <source>The largest thinker here that keeps up with speech on two cores.</source>
        <translation>El pensador más grande de aquí que sigue el ritmo del habla con dos núcleos.</translation>
    </message>
    <message>
        <source>The light set for Spanish. For computers with little memory to spare.</source>
        <translation>El conjunto ligero para español. Para equipos con poca memoria libre.</translation>
    </message>
    <message>
        <source>The loudspeaker takes no sound.</source>
        <translation>El altavoz no admite sonido.</translation>
    </message>
    <message>
        <source>The microphone delivers nothing.</source>
        <translation>El micrófono no entrega nada.</translation>
    </message>
    <message>
        <source>The microphone is in use.</source>
        <translation>El micrófono está en uso.</translation>
    </message>
    <message>
        <source>The model %1 cannot continue a text.</source>
        <translation>El modelo %1 no puede continuar un texto.</translation>
    </message>
    <message>
        <source>The model %1 has an architecture this program cannot run: %2.</source>
        <translation>El modelo %1 tiene una arquitectura que este programa no puede ejecutar: %2.</translation>
    </message>
    <message>
        <source>The model %1 has no chat template, so it cannot hold a conversation.</source>
        <translation>El modelo %1 no tiene plantilla de chat, así que no puede conversar.</translation>
    </message>
    <message>
        <source>The model %1 is damaged: %2 has %3 bytes instead of %4.</source>
        <translation>El modelo %1 está dañado: %2 tiene %3 bytes en vez de %4.</translation>
    </message>
    <message>
        <source>The model %1 is not a thinker and has no reply limit.</source>
        <translation>El modelo %1 no es un pensador y no tiene límite de respuesta.</translation>
    </message>
    <message>
        <source>The model %1 is not here: %2 missing.</source>
        <translation>El modelo %1 no está: falta %2.</translation>
    </message>
    <message>
        <source>The model %1 is not loaded: %2 is not the file the catalogue describes.</source>
        <translation>El modelo %1 no se carga: %2 no es el archivo que describe el catálogo.</translation>
    </message>
    <message>
        <source>The model file %1 has GGUF version %2; versions 2 and 3 are readable.</source>
        <translation>El archivo de modelo %1 es de la versión %2 de GGUF; se leen las versiones 2 y 3.</translation>
    </message>
    <message>
        <source>The model file %1 is written for another kind of computer.</source>
        <translation>El archivo de modelo %1 está escrito para otro tipo de equipo.</translation>
    </message>
    <message>
        <source>The model pool is closed.</source>
        <translation>La reserva de modelos está cerrada.</translation>
    </message>
    <message>
        <source>The model&apos;s chat template cannot be understood.</source>
        <translation>No se entiende la plantilla de chat del modelo.</translation>
    </message>
    <message>
        <source>The model&apos;s chat template refuses this conversation: %1.</source>
        <translation>La plantilla de chat del modelo rechaza esta conversación: %1.</translation>
    </message>
    <message>
        <source>The models could not be loaded: %1.</source>
        <translation>No se pudieron cargar los modelos: %1.</translation>
    </message>
    <message>
        <source>The models did not load within %1 seconds.</source>
        <translation>Los modelos no se cargaron en %1 segundos.</translation>
    </message>
    <message>
        <source>The models took too long to load.</source>
        <translation>Los modelos tardaron demasiado en cargarse.</translation>
    </message>
    <message>
        <source>The old one is kept beside it; `assistant doctor` shows the folder.</source>
        <translation>El anterior se conserva al lado; `assistant doctor` muestra la carpeta.</translation>
    </message>
    <message>
        <source>The program lies in a folder whose path is too long for espeak-ng.</source>
        <translation>El programa está en una carpeta cuya ruta es demasiado larga para espeak-ng.</translation>
    </message>
    <message>
        <source>The program that runs the model: espeak_ng.</source>
        <translation>El programa que ejecuta el modelo: espeak_ng.</translation>
    </message>
    <message>
        <source>The program that runs the model: kokoro.</source>
        <translation>El programa que ejecuta el modelo: kokoro.</translation>
    </message>
    <message>
        <source>The program that runs the model: llama_cpp.</source>
        <translation>El programa que ejecuta el modelo: llama_cpp.</translation>
    </message>
    <message>
        <source>The program that runs the model: onnx_asr.</source>
        <translation>El programa que ejecuta el modelo: onnx_asr.</translation>
    </message>
    <message>
        <source>The program that runs the model: piper.</source>
        <translation>El programa que ejecuta el modelo: piper.</translation>
    </message>
    <message>
        <source>The program that runs the model: pocket_tts.</source>
        <translation>El programa que ejecuta el modelo: pocket_tts.</translation>
    </message>
    <message>
        <source>The program that runs the model: pocketsphinx.</source>
        <translation>El programa que ejecuta el modelo: pocketsphinx.</translation>
    </message>
    <message>
        <source>The program that runs the model: talker.</source>
        <translation>Programa que ejecuta el modelo: talker.</translation>
    </message>
    <message>
        <source>The program&apos;s own settings file is missing from its installation.</source>
        <translation>Falta en la instalación el archivo de ajustes del propio programa.</translation>
    </message>
    <message>
        <source>The recogniser cannot load its model (%1).</source>
        <translation>El reconocedor no puede cargar su modelo (%1).</translation>
    </message>
    <message>
        <source>The recogniser failed.</source>
        <translation>El reconocedor falló.</translation>
    </message>
    <message>
        <source>The replica of %1 is not loaded: %2 is not the file that was built.</source>
        <translation>La réplica de %1 no se carga: %2 no es el archivo que se construyó.</translation>
    </message>
    <message>
        <source>The settings file %1 cannot be read: %2.</source>
        <translation>No se puede leer el archivo de ajustes %1: %2.</translation>
    </message>
    <message>
        <source>The settings have %1:</source>
        <translation>Los ajustes tienen %1:</translation>
    </message>
    <message>
        <source>The sound exceeded full scale and was made quieter as a whole.</source>
        <translation>El sonido superaba el máximo y se bajó entero.</translation>
    </message>
    <message>
        <source>The speech sounds of Kokoro (espeak-ng) do not load.</source>
        <translation>Los sonidos del habla de Kokoro (espeak-ng) no se cargan.</translation>
    </message>
    <message>
        <source>The standard set for Spanish. Its voice speaks a sentence at a time.</source>
        <translation>El conjunto estándar para español. Su voz habla frase a frase.</translation>
    </message>
    <message>
        <source>The starter set with our own voice, clearer than the starter&apos;s; the chain of ONNX graphs of the seeds.</source>
        <translation type="vanished">El conjunto inicial con nuestra propia voz, más clara que la inicial; la cadena de grafos ONNX del proyecto.</translation>
    </message>
    <message>
        <source>The talk key and the cancel key are both %1.</source>
        <translation>La tecla para hablar y la tecla para cancelar son la misma: %1.</translation>
    </message>
    <message>
        <source>The talk key works whatever program has the keyboard.</source>
        <translation>La tecla para hablar funciona sea cual sea el programa que tiene el teclado.</translation>
    </message>
    <message>
        <source>The thinker failed while reading (llama.cpp answered %1).</source>
        <translation>El pensador falló al leer (llama.cpp respondió %1).</translation>
    </message>
    <message>
        <source>The thinker&apos;s model file %1 cannot be loaded.</source>
        <translation>No se puede cargar el archivo de modelo del pensador %1.</translation>
    </message>
    <message>
        <source>The thinker&apos;s model file %1 is damaged: %2.</source>
        <translation>El archivo de modelo del pensador %1 está dañado: %2.</translation>
    </message>
    <message>
        <source>The thinker&apos;s model file cannot be opened: %1.</source>
        <translation>No se puede abrir el archivo de modelo del pensador: %1.</translation>
    </message>
    <message>
        <source>The thinker&apos;s model file is not there: %1.</source>
        <translation>El archivo de modelo del pensador no está: %1.</translation>
    </message>
    <message>
        <source>The thinker&apos;s state could not be kept.</source>
        <translation>No se pudo conservar el estado del pensador.</translation>
    </message>
    <message>
        <source>The thinker&apos;s state could not be put back.</source>
        <translation>No se pudo restaurar el estado del pensador.</translation>
    </message>
    <message>
        <source>The voice %1 has no speaker %2; it has %3.</source>
        <translation>La voz %1 no tiene ningún hablante %2; tiene %3.</translation>
    </message>
    <message>
        <source>The voice failed in the middle of a sentence.</source>
        <translation>La voz falló en mitad de una frase.</translation>
    </message>
    <message>
        <source>The voice is closed.</source>
        <translation>La voz está cerrada.</translation>
    </message>
    <message>
        <source>The voice made no sound of it.</source>
        <translation>La voz no produjo sonido.</translation>
    </message>
    <message>
        <source>The weights in %1 give no numbers.</source>
        <translation>Los pesos de %1 no dan números.</translation>
    </message>
    <message>
        <source>The worker grew to %1 MB, above its cap of %2 MB.</source>
        <translation>El proceso de trabajo llegó a %1 MB, más que su tope de %2 MB.</translation>
    </message>
    <message>
        <source>The worker made no progress for %1 seconds.</source>
        <translation>El proceso de trabajo no avanzó durante %1 segundos.</translation>
    </message>
    <message>
        <source>The worker process %1 unexpectedly%2.</source>
        <translation>El proceso de trabajo %1 inesperadamente%2.</translation>
    </message>
    <message>
        <source>The worker process is not running.</source>
        <translation>El proceso de trabajo no está en marcha.</translation>
    </message>
    <message>
        <source>There is no %1 called %2.</source>
        <translation>No hay ningún %1 llamado %2.</translation>
    </message>
    <message>
        <source>There is no %1.</source>
        <translation>No hay ningún %1.</translation>
    </message>
    <message>
        <source>There is no key called “%1”.</source>
        <translation>No hay ninguna tecla llamada «%1».</translation>
    </message>
    <message>
        <source>There is no key called “%1”; did you mean %2?</source>
        <translation>No hay ninguna tecla llamada «%1»; ¿querías decir %2?</translation>
    </message>
    <message>
        <source>There is no model called %1 in the settings%2.</source>
        <translation>En los ajustes no hay ningún modelo llamado %1%2.</translation>
    </message>
    <message>
        <source>There is no recogniser in %1: its ONNX files are missing.</source>
        <translation>No hay reconocedor en %1: faltan sus archivos ONNX.</translation>
    </message>
    <message>
        <source>There is no replica of %1 here.</source>
        <translation>No hay aquí ninguna réplica de %1.</translation>
    </message>
    <message>
        <source>There is no room left to write %1.</source>
        <translation>No queda espacio para escribir %1.</translation>
    </message>
    <message>
        <source>There is no set or model called %1%2.</source>
        <translation>No hay ningún conjunto ni modelo llamado %1%2.</translation>
    </message>
    <message>
        <source>There is no settings file %1.</source>
        <translation>No existe el archivo de ajustes %1.</translation>
    </message>
    <message>
        <source>There is no such conversation.</source>
        <translation>No existe esa conversación.</translation>
    </message>
    <message>
        <source>There is no voice %1 for Pocket TTS in %2; installed: %3.</source>
        <translation>No hay ninguna voz %1 para Pocket TTS en %2; instaladas: %3.</translation>
    </message>
    <message>
        <source>These settings do not work:</source>
        <translation>Estos ajustes no funcionan:</translation>
    </message>
    <message>
        <source>Thinker</source>
        <translation>Pensador</translation>
    </message>
    <message>
        <source>This is too long for the thinker: %1 of %2 tokens.</source>
        <translation>Es demasiado largo para el pensador: %1 de %2 tokens.</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>Hilos</translation>
    </message>
    <message>
        <source>Times it may call tools in one turn (0 to 20).</source>
        <translation>Veces que puede llamar a herramientas en un turno (de 0 a 20).</translation>
    </message>
    <message>
        <source>Tokens after which a reply is cut (8 to 4096), at most context_tokens.</source>
        <translation>Tokens tras los que se corta una respuesta (de 8 a 4096), como máximo context_tokens.</translation>
    </message>
    <message>
        <source>Tokens of conversation it can remember (256 to 131072).</source>
        <translation>Tokens de conversación que puede recordar (de 256 a 131072).</translation>
    </message>
    <message>
        <source>Tool limit</source>
        <translation>Límite de herramienta</translation>
    </message>
    <message>
        <source>Tool rounds</source>
        <translation>Rondas de herramientas</translation>
    </message>
    <message>
        <source>Top k</source>
        <translation>Top k</translation>
    </message>
    <message>
        <source>Top p</source>
        <translation>Top p</translation>
    </message>
    <message>
        <source>Tries in a row without a single new byte until it gives up (1 to 100).</source>
        <translation>Intentos seguidos sin un solo byte nuevo antes de desistir (de 1 a 100).</translation>
    </message>
    <message>
        <source>Try again in a moment.</source>
        <translation>Inténtalo de nuevo dentro de un momento.</translation>
    </message>
    <message>
        <source>Try again; if it happens again, run `assistant doctor` and look at the log.</source>
        <translation>Inténtalo de nuevo; si se repite, ejecuta `assistant doctor` y mira el registro.</translation>
    </message>
    <message>
        <source>Try other words; if it happens with every text, reinstall espeakng-loader.</source>
        <translation>Prueba otras palabras; si pasa con todos los textos, reinstala espeakng-loader.</translation>
    </message>
    <message>
        <source>Understands free speech, not only commands. For computers with little memory to spare.</source>
        <translation>Entiende el habla libre, no solo órdenes. Para equipos con poca memoria libre.</translation>
    </message>
    <message>
        <source>Unload when idle</source>
        <translation>Descargar si no se usa</translation>
    </message>
    <message>
        <source>Unplug it and plug it in again, or choose another one.</source>
        <translation>Desconéctalo y conéctalo de nuevo, o elige otro.</translation>
    </message>
    <message>
        <source>Use `assistant ask` in the terminal.</source>
        <translation>Usa `assistant ask` en el terminal.</translation>
    </message>
    <message>
        <source>Use a WAV, FLAC, OGG, MP3, AIFF or AU file.</source>
        <translation>Usa un archivo WAV, FLAC, OGG, MP3, AIFF o AU.</translation>
    </message>
    <message>
        <source>Use smart-turn-v3.x; earlier versions listen to the waveform itself.</source>
        <translation>Usa smart-turn-v3.x; las versiones anteriores escuchan la onda misma.</translation>
    </message>
    <message>
        <source>Use the files the catalogue names (`assistant models list`).</source>
        <translation>Usa los archivos que nombra el catálogo (`assistant models list`).</translation>
    </message>
    <message>
        <source>Use the fused attention kernels; false only to hunt for errors.</source>
        <translation>Usa los núcleos de atención fusionados; desactívalo solo para buscar errores.</translation>
    </message>
    <message>
        <source>Voice</source>
        <translation>Voz</translation>
    </message>
    <message>
        <source>Wake phrase</source>
        <translation>Frase de activación</translation>
    </message>
    <message>
        <source>Wake window</source>
        <translation>Margen tras la respuesta</translation>
    </message>
    <message>
        <source>What is kept of conversations.</source>
        <translation>Qué se guarda de las conversaciones.</translation>
    </message>
    <message>
        <source>What is said is held in memory and written when the other program is done.</source>
        <translation>Lo dicho se guarda en memoria y se escribirá cuando el otro programa termine.</translation>
    </message>
    <message>
        <source>What it expects to hear: mixed (commands and open speech), domain (commands only) or general (open speech only).</source>
        <translation>Lo que espera oír: mixed (órdenes y habla libre), domain (solo órdenes) o general (solo habla libre).</translation>
    </message>
    <message>
        <source>What the thinker is told about itself (1 to 8000 characters).</source>
        <translation>Lo que se le dice al pensador sobre sí mismo (de 1 a 8000 caracteres).</translation>
    </message>
    <message>
        <source>What the thinker is told, and how far it may go with tools.</source>
        <translation>Lo que se le dice al pensador, y hasta dónde puede llegar con las herramientas.</translation>
    </message>
    <message>
        <source>When the microphone counts, and when a turn is over.</source>
        <translation>Cuándo cuenta el micrófono, y cuándo termina un turno.</translation>
    </message>
    <message>
        <source>Which devices are used, and what is heard of the machinery.</source>
        <translation>Qué dispositivos se usan, y qué se oye del propio asistente.</translation>
    </message>
    <message>
        <source>Which entry of `sets` is used.</source>
        <translation>Qué entrada de `sets` se usa.</translation>
    </message>
    <message>
        <source>Whisper base, 8 bit</source>
        <translation>Whisper base, 8 bits</translation>
    </message>
    <message>
        <source>Whisper tiny, 8 bit</source>
        <translation>Whisper tiny, 8 bits</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>Ventana</translation>
    </message>
    <message>
        <source>Window language</source>
        <translation>Idioma de la ventana</translation>
    </message>
    <message>
        <source>Words a minute (80 to 450).</source>
        <translation>Palabras por minuto (de 80 a 450).</translation>
    </message>
    <message>
        <source>Words a turn must begin with in hands_free, such as &quot;hey computer&quot;; empty = none.</source>
        <translation>Palabras con las que debe empezar un turno en modo manos libres, como «oye ordenador»; vacío = ninguna.</translation>
    </message>
    <message>
        <source>Worker process</source>
        <translation>Proceso de trabajo</translation>
    </message>
    <message>
        <source>Write conversations to this computer&apos;s disk; off = nothing is written.</source>
        <translation>Escribe las conversaciones en el disco de este equipo; desactivado = no se escribe nada.</translation>
    </message>
    <message>
        <source>Write keys joined by +, such as Ctrl+Alt+Space.</source>
        <translation>Escribe las teclas unidas con +, como Ctrl+Alt+Space.</translation>
    </message>
    <message>
        <source>Your microphone delivers only zeros; it may be muted in the sound settings.</source>
        <translation>Tu micrófono solo entrega ceros; quizá esté silenciado en los ajustes de sonido.</translation>
    </message>
    <message>
        <source>Your settings were not saved: %1.</source>
        <translation>Tus ajustes no se guardaron: %1.</translation>
    </message>
    <message>
        <source>a 4 s sentence understood</source>
        <translation>una frase de 4 s entendida</translation>
    </message>
    <message>
        <source>a list of %1</source>
        <translation>una lista de %1</translation>
    </message>
    <message>
        <source>a mapping</source>
        <translation>un grupo de claves</translation>
    </message>
    <message>
        <source>a permanent model is never unloaded; set permanent: false or idle_unload_s: null</source>
        <translation>un modelo permanente nunca se descarga; pon permanent: false o idle_unload_s: null</translation>
    </message>
    <message>
        <source>a window can open</source>
        <translation>se puede abrir una ventana</translation>
    </message>
    <message>
        <source>answers in %1 ms (P95 %2 ms, %3 turns)</source>
        <translation>responde en %1 ms (P95 %2 ms, %3 turnos)</translation>
    </message>
    <message>
        <source>built with </source>
        <translation>compilado con </translation>
    </message>
    <message>
        <source>bundled with sounddevice</source>
        <translation>incluido con sounddevice</translation>
    </message>
    <message>
        <source>cannot be used: %1</source>
        <translation>no se puede usar: %1</translation>
    </message>
    <message>
        <source>changes audio rates</source>
        <translation>cambia la frecuencia del audio</translation>
    </message>
    <message>
        <source>computing per question</source>
        <translation>cálculo por pregunta</translation>
    </message>
    <message>
        <source>computing per second of speech</source>
        <translation>cálculo por segundo de voz</translation>
    </message>
    <message>
        <source>data folder</source>
        <translation>carpeta de datos</translation>
    </message>
    <message>
        <source>domain</source>
        <translation>de órdenes</translation>
    </message>
    <message>
        <source>eSpeak NG formant voices</source>
        <translation>Voces de formantes de eSpeak NG</translation>
    </message>
    <message>
        <source>ended</source>
        <translation>terminó</translation>
    </message>
    <message>
        <source>finds speech</source>
        <translation>encuentra la voz</translation>
    </message>
    <message>
        <source>first sound</source>
        <translation>primer sonido</translation>
    </message>
    <message>
        <source>from replicas and estimates</source>
        <translation>de réplicas y estimaciones</translation>
    </message>
    <message>
        <source>general</source>
        <translation>general</translation>
    </message>
    <message>
        <source>goes in a circle: %1</source>
        <translation>da vueltas en círculo: %1</translation>
    </message>
    <message>
        <source>hands_free (just speak) or push_to_talk (only while the talk key says so).</source>
        <translation>hands_free (solo habla) o push_to_talk (solo cuando lo dice la tecla para hablar).</translation>
    </message>
    <message>
        <source>has no engine; known engines: %1</source>
        <translation>no tiene motor; motores conocidos: %1</translation>
    </message>
    <message>
        <source>hold it while speaking, tap it before and after, or auto (told apart by duration).</source>
        <translation>hold (mantenerla mientras hablas), tap (pulsarla antes y después) o auto (según la duración).</translation>
    </message>
    <message>
        <source>is a list with too many items</source>
        <translation>es una lista con demasiados elementos</translation>
    </message>
    <message>
        <source>is missing</source>
        <translation>falta</translation>
    </message>
    <message>
        <source>is missing (%1)</source>
        <translation>falta (%1)</translation>
    </message>
    <message>
        <source>is missing: no microphone and no loudspeaker (`ask` with files works)</source>
        <translation>falta: sin micrófono ni altavoz (`ask` con archivos funciona)</translation>
    </message>
    <message>
        <source>is too long</source>
        <translation>es demasiado largo</translation>
    </message>
    <message>
        <source>it did not answer within %1 s</source>
        <translation>no respondió en %1 s</translation>
    </message>
    <message>
        <source>it failed without a word</source>
        <translation>falló sin decir nada</translation>
    </message>
    <message>
        <source>it was killed by signal %1</source>
        <translation>lo terminó la señal %1</translation>
    </message>
    <message>
        <source>kept of the unquantised model</source>
        <translation>conservado del modelo sin cuantizar</translation>
    </message>
    <message>
        <source>llama.cpp on this CPU</source>
        <translation>llama.cpp en este procesador</translation>
    </message>
    <message>
        <source>loudspeaker</source>
        <translation>altavoz</translation>
    </message>
    <message>
        <source>microphone</source>
        <translation>micrófono</translation>
    </message>
    <message>
        <source>microphone and loudspeaker</source>
        <translation>micrófono y altavoz</translation>
    </message>
    <message>
        <source>mixed</source>
        <translation>mixto</translation>
    </message>
    <message>
        <source>model %1</source>
        <translation>modelo %1</translation>
    </message>
    <message>
        <source>must be a list, such as [a, b]</source>
        <translation>debe ser una lista, como [a, b]</translation>
    </message>
    <message>
        <source>must be a mapping of keys to values</source>
        <translation>debe ser un grupo de claves con valores</translation>
    </message>
    <message>
        <source>must be a mapping of names to values</source>
        <translation>debe ser un grupo de nombres con valores</translation>
    </message>
    <message>
        <source>must be a name of lower-case letters, digits, &apos;-&apos;, &apos;_&apos; and &apos;.&apos;</source>
        <translation>debe ser un nombre de minúsculas, cifras, &apos;-&apos;, &apos;_&apos; y &apos;.&apos;</translation>
    </message>
    <message>
        <source>must be a number</source>
        <translation>debe ser un número</translation>
    </message>
    <message>
        <source>must be a whole number</source>
        <translation>debe ser un número entero</translation>
    </message>
    <message>
        <source>must be an ordinary number</source>
        <translation>debe ser un número normal</translation>
    </message>
    <message>
        <source>must be at least %1</source>
        <translation>debe ser como mínimo %1</translation>
    </message>
    <message>
        <source>must be at least %1, %2 (is %3)</source>
        <translation>debe ser como mínimo %1, %2 (es %3)</translation>
    </message>
    <message>
        <source>must be at most %1</source>
        <translation>debe ser como máximo %1</translation>
    </message>
    <message>
        <source>must be at most context_tokens, %1 (is %2)</source>
        <translation>debe ser como máximo context_tokens, %1 (es %2)</translation>
    </message>
    <message>
        <source>must be less than %1</source>
        <translation>debe ser menos de %1</translation>
    </message>
    <message>
        <source>must be more than %1</source>
        <translation>debe ser más de %1</translation>
    </message>
    <message>
        <source>must be more than pool.budget_mb, %1 (is %2)</source>
        <translation>debe ser más que pool.budget_mb, %1 (es %2)</translation>
    </message>
    <message>
        <source>must be more than worker.ping_interval_s, %1 (is %2)</source>
        <translation>debe ser más que worker.ping_interval_s, %1 (es %2)</translation>
    </message>
    <message>
        <source>must be text</source>
        <translation>debe ser texto</translation>
    </message>
    <message>
        <source>must be true or false</source>
        <translation>debe ser verdadero o falso</translation>
    </message>
    <message>
        <source>must not be empty or that short</source>
        <translation>no debe estar vacío ni ser tan corto</translation>
    </message>
    <message>
        <source>no public list quotes the sizes and hashes of the Spanish files</source>
        <translation>ninguna lista pública da los tamaños y las sumas de los archivos en español</translation>
    </message>
    <message>
        <source>no special instructions</source>
        <translation>sin instrucciones especiales</translation>
    </message>
    <message>
        <source>not measured</source>
        <translation>no medida</translation>
    </message>
    <message>
        <source>not pinned yet: %1</source>
        <translation>aún sin fijar: %1</translation>
    </message>
    <message>
        <source>our sources quote its hash but not its exact size</source>
        <translation>nuestras fuentes dan su suma pero no su tamaño exacto</translation>
    </message>
    <message>
        <source>predicted naturalness of 5 (UTMOS22)</source>
        <translation>naturalidad prevista sobre 5 (UTMOS22)</translation>
    </message>
    <message>
        <source>reads and writes audio files</source>
        <translation>lee y escribe archivos de audio</translation>
    </message>
    <message>
        <source>runs ONNX models</source>
        <translation>ejecuta modelos ONNX</translation>
    </message>
    <message>
        <source>runs the thinker</source>
        <translation>ejecuta el pensador</translation>
    </message>
    <message>
        <source>set %1, language %2; %3</source>
        <translation>conjunto %1, idioma %2; %3</translation>
    </message>
    <message>
        <source>speaks faster than real time</source>
        <translation>habla más rápido que en tiempo real</translation>
    </message>
    <message>
        <source>speaks numbers</source>
        <translation>dice números</translation>
    </message>
    <message>
        <source>the default, %1</source>
        <translation>el del sistema, %1</translation>
    </message>
    <message>
        <source>the ear for the end of a turn</source>
        <translation>el oído para el final de un turno</translation>
    </message>
    <message>
        <source>the encoder alone, for a 4 s sentence</source>
        <translation>solo el codificador, para una frase de 4 s</translation>
    </message>
    <message>
        <source>the encoder alone, for any length up to 30 s</source>
        <translation>solo el codificador, para cualquier duración hasta 30 s</translation>
    </message>
    <message>
        <source>the model %1 serves as %2, not as %3</source>
        <translation>el modelo %1 sirve de %2, no de %3</translation>
    </message>
</context>
</TS>
