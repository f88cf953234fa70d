using Ringwright.Texml.Documents;

namespace Ringwright.Edge.Texml;

/// <summary>
/// What stands beside an attribute that changes nothing alone: a method beside its URL, a limit of a recording beside what asks for one.
/// </summary>
internal static class AttributeNeeds
{
    private const string Socket = "ws://127.0.0.1:9/socket", Any = "*";

    private const string Detection = "amdStatusCallback amdStatusCallbackMethod detectionMode machineDetectionSilenceTimeout "
        + "machineDetectionSpeechEndThreshold machineDetectionSpeechThreshold machineDetectionTimeout";

    /// <summary>Attributes with blanks between them, of one name or of all of an element.</summary>
    private static readonly (string Element, string Names, string Beside)[] Rows =
    [
        ("Stream", Any, $"url={Socket}"),
        ("Stream", "bidirectionalSamplingRate", "bidirectionalCodec=L16"),
        ("ConversationRelay", Any, $"url={Socket}"),
        ("ConversationRelay", "speechModel", "transcriptionProvider=Deepgram"),
        ("ConversationRelay", "ttsProvider", "voice=Joanna"),
        ("Language", Any, "code=de-DE"),
        ("Language", "speechModel", "transcriptionProvider=Deepgram"),
        ("Language", "ttsProvider", "voice=Vicki"),
        ("Gather", "hints language maxSpeechTime model speechModel speechTimeout transcriptionEngine", "input=dtmf,speech"),
        ("Gather", "model", "transcriptionEngine=Deepgram"),
        ("Record", "transcriptionCallback transcriptionEngine transcriptionLanguage transcriptionModel", "transcription=true"),
        ("Record", "transcriptionModel", "transcriptionEngine=Deepgram"),
        ("Record", "transcribeCallback", "transcribe=true"),
        ("Parameter", "name", "value=1"),
        ("Parameter", "value", "name=a"),
        ("Transcription", "speechModel", "transcriptionEngine=Deepgram"),
        ("Dial", "recordMaxLength recordingChannels recordingStatusCallback recordingStatusCallbackEvent recordingStatusCallbackMethod "
            + "recordingTrack sendRecordingUrl trim", "record=record-from-answer"),
        ("Conference", "eventCallbackUrl recordBeep recordingStatusCallback recordingStatusCallbackEvent recordingStatusCallbackMethod "
            + "recordingTimeout sendRecordingUrl trim", "record=record-from-start"),
        ("Number", Detection, "machineDetection=Enable"),
        ("Sip", Detection, "machineDetection=Enable"),
    ];

    /// <summary>Of the element around one that is nothing elsewhere.</summary>
    private static readonly Dictionary<string, string> Around = new(StringComparer.Ordinal)
    {
        ["Language"] = $"url={Socket}",
        ["Parameter"] = $"url={Socket}",
    };

    /// <summary>What stands in an element that does nothing when it is empty.</summary>
    private static readonly Dictionary<string, string> Within = new(StringComparer.Ordinal)
    {
        ["Connect"] = $"<Stream url=\"{Socket}\"/>",
        ["Refer"] = "<Sip>sip:somebody@127.0.0.1:9</Sip>",
    };

    /// <summary>Values of attributes that take any text and act on some alone.</summary>
    private static readonly Dictionary<string, string> Values = new(StringComparer.Ordinal)
    {
        ["Gather language"] = "de-DE",
        ["Gather speechModel"] = "deepgram_nova-3",
        ["Gather speechTimeout"] = "5",
        ["Gather transcriptionEngine"] = "Deepgram",
        ["Record transcriptionEngine"] = "Deepgram",
        ["Record transcriptionLanguage"] = "de-DE",
        ["Say voiceSpeed"] = "1.5",
        ["Transcription transcriptionEngine"] = "Deepgram",
        ["ConversationRelay language"] = "de-DE",
        ["ConversationRelay speechTimeout"] = "700",
        ["ConversationRelay transcriptionLanguage"] = "de-DE",
        ["ConversationRelay transcriptionProvider"] = "Deepgram",
        ["ConversationRelay ttsLanguage"] = "de-DE",
        ["ConversationRelay ttsProvider"] = "Amazon",
        ["Language code"] = "fr-FR",
        ["Language transcriptionProvider"] = "Deepgram",
        ["Language ttsProvider"] = "Amazon",
    };

    /// <summary>As they are written in the element; empty where it needs none.</summary>
    public static string Of(string element, string attribute)
    {
        var beside = Rows.Where(row => row.Element == element && (row.Names is Any || row.Names.Split(' ').Contains(attribute)))
            .Select(row => row.Beside);
        if (UrlOf(element, attribute) is { } url && TexmlSheet.Attributes.ContainsKey((element, url)))
            beside = beside.Append($"{url}={DocumentRig.Nobody}");
        return Written(beside.Where(one => !one.StartsWith(attribute + "=", StringComparison.Ordinal)).Distinct());
    }

    /// <summary>As they are written behind the name of the element around it.</summary>
    public static string OfAround(string element) => Around.TryGetValue(element, out string? said) ? " " + Written([said]) : "";

    /// <summary>As it is written in the element; null for the text that it takes.</summary>
    public static string? InsideOf(string element) => Within.GetValueOrDefault(element);

    /// <summary>The one value that is tried; null for those of its rule.</summary>
    public static string? ValueOf(string element, string attribute) => Values.GetValueOrDefault($"{element} {attribute}");

    private static string Written(IEnumerable<string> attributes) =>
        string.Join(' ', attributes.Select(one => one.Split('=', 2)).Select(one => SheetTests.Written(one[0], one[1])));

    /// <summary>The URL that an attribute says more of; null where it is about none.</summary>
    private static string? UrlOf(string element, string attribute) => attribute switch
    {
        "method" => element is "Number" or "Sip" or "Queue" ? "url" : "action",
        "waitMethod" or "waitUrlMethod" => "waitUrl",
        "referMethod" => "referUrl",
        "sendRecordingUrl" => "recordingStatusCallback",
        "statusCallbackMethod" when element is "Transcription" => "statusCallbackUrl",
        _ when attribute.EndsWith("CallbackMethod", StringComparison.Ordinal) => attribute[..^"Method".Length],
        _ when attribute.EndsWith("CallbackEvent", StringComparison.Ordinal) => attribute[..^"Event".Length],
        _ => null,
    };
}
