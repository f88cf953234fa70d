namespace Ringwright.Edge.Speech.Recognition;

/// <summary>Frames as the vendors publish them.</summary>
internal static class LiveSamples
{
    /// <summary>
    /// Deepgram: members as in <c>ListenV1Results</c> of npm's @deepgram/sdk 5.13.0 and in
    /// https://developers.deepgram.com/reference/speech-to-text/listen-streaming; the words and the first's times are those of
    /// https://developers.deepgram.com/docs/interim-results.
    /// </summary>
    public const string DeepgramInterim = """
        {"type":"Results","channel_index":[0,1],"duration":1.039875,"start":0.0,"is_final":false,"speech_final":false,
         "channel":{"alternatives":[{"transcript":"another big","confidence":0.9600255,
          "words":[{"word":"another","start":0.2971154,"end":0.7971154,"confidence":0.9588303},
                   {"word":"big","start":0.85173076,"end":1.039875,"confidence":0.9600255}]}]},
         "metadata":{"request_id":"aaaaaaaa-bbbb-cccc-0000-123456789abc","model_info":{"name":"general-nova-3","version":"2024-12-20.0",
          "arch":"nova-3"},"model_uuid":"dddddddd-bbbb-cccc-0000-123456789abc"},"from_finalize":false}
        """;

    public const string DeepgramEmpty = """
        {"type":"Results","channel_index":[0,1],"duration":1.0,"start":1.1,"is_final":true,"speech_final":false,
         "channel":{"alternatives":[{"transcript":"","confidence":0.0,"words":[]}]}}
        """;

    public const string DeepgramFinal = """
        {"type":"Results","channel_index":[0,1],"duration":3.3,"start":0.0,"is_final":true,"speech_final":true,
         "channel":{"alternatives":[{"transcript":"Another big problem","confidence":0.99366415,
          "words":[{"word":"another","start":0.3,"end":0.8,"confidence":0.99,"punctuated_word":"Another"}]}]},
         "from_finalize":false}
        """;

    public const string DeepgramSpeechStarted = """{"type":"SpeechStarted","channel":[0,1],"timestamp":1.89}""";

    /// <summary>https://developers.deepgram.com/docs/close-stream.</summary>
    public const string DeepgramMetadata = """
        {"type":"Metadata","transaction_key":"deprecated","request_id":"8c8ebea9-dbec-45fa-a035-e4632cb05b5f",
         "sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","created":"2024-08-29T22:37:55.202Z",
         "duration":0.0,"channels":0}
        """;

    /// <summary>AssemblyAI: https://www.assemblyai.com/docs/universal-streaming/message-sequence.</summary>
    public const string AssemblyAiBegin = """{"type":"Begin","id":"de5d9927-73a6-4be8-b52d-b4c07be37e6b","expires_at":1759796682}""";

    public const string AssemblyAiPartial = """
        {"turn_order":0,"turn_is_formatted":false,"end_of_turn":false,"transcript":"hi","end_of_turn_confidence":1.4e-05,
         "words":[{"start":1920,"end":2000,"text":"hi","confidence":0.874618,"word_is_final":true},
                  {"start":2800,"end":2880,"text":"my","confidence":0.812831,"word_is_final":false}],
         "utterance":"","type":"Turn"}
        """;

    public const string AssemblyAiEnded = """
        {"turn_order":0,"turn_is_formatted":false,"end_of_turn":true,"transcript":"hi my name is sonny","end_of_turn_confidence":0.5,
         "words":[{"start":1920,"end":2000,"text":"hi","confidence":0.8,"word_is_final":true},
                  {"start":2800,"end":3400,"text":"sonny","confidence":0.9,"word_is_final":true}],
         "utterance":"hi my name is sonny","type":"Turn"}
        """;

    public const string AssemblyAiFormatted = """
        {"turn_order":0,"turn_is_formatted":true,"end_of_turn":true,"transcript":"Hi, my name is Sonny.","end_of_turn_confidence":0.5,
         "words":[{"start":1920,"end":2000,"text":"Hi,","confidence":0.8,"word_is_final":true},
                  {"start":2800,"end":3400,"text":"Sonny.","confidence":0.9,"word_is_final":true}],
         "utterance":"","type":"Turn"}
        """;

    /// <summary>https://www.assemblyai.com/docs/streaming/message-sequence.</summary>
    public const string AssemblyAiTermination = """{"type":"Termination","audio_duration_seconds":3,"session_duration_seconds":4}""";

    /// <summary>https://www.assemblyai.com/docs/streaming/common-session-errors-and-closures.</summary>
    public const string AssemblyAiError =
        """{"type":"Error","error_code":3008,"error":"Session Expired: Maximum session duration exceeded"}""";
}
