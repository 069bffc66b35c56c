<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>HistoryPage</name>
    <message numerus="yes">
        <source>%n conversations were deleted.</source>
        <translation>
            <numerusform>%n conversation was deleted.</numerusform>
            <numerusform>%n conversations were deleted.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n files were saved.</source>
        <translation>
            <numerusform>%n file was saved.</numerusform>
            <numerusform>%n files were saved.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SessionReport</name>
    <message numerus="yes">
        <source>%n answered turn(s) since {0}.</source>
        <translation>
            <numerusform>%n answered turn since {0}.</numerusform>
            <numerusform>%n answered turns since {0}.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n of them had other models: they are not in P50, P95 and distribution.</source>
        <translation>
            <numerusform>%n of them had other models: it is not in P50, P95 and distribution.</numerusform>
            <numerusform>%n of them had other models: they are not in P50, P95 and distribution.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Several</name>
    <message numerus="yes">
        <source>%n conversations are chosen</source>
        <translation>
            <numerusform>%n conversation is chosen</numerusform>
            <numerusform>%n conversations are chosen</numerusform>
        </translation>
    </message>
</context>
</TS>
