using System.Globalization;
using System.Text;
using System.Xml.Linq;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Egress;

namespace Ringwright.Speech.Azure;

/// <summary>How Azure's speech service is asked.</summary>
public sealed record AzureSpeechOptions
{
    /// <summary>Of a region, up to and without <c>/cognitiveservices</c>: "https://westeurope.tts.speech.microsoft.com".</summary>
    public required string BaseUrl { get; init; }

    public required string Key { get; init; }

    /// <summary>For names that are none of Azure's.</summary>
    public string DefaultVoice { get; init; } = "en-US-JennyNeural";
}

/// <summary>
/// Speaks by Azure (learn.microsoft.com, "Text to speech REST API"). Its voices are named <c>Azure.en-US-JennyNeural</c>. SSML goes along.
/// </summary>
public sealed class AzureSpeech(AzureSpeechOptions options, TimeSpan timeout, EgressClient egress) : ISpeechProvider
{
    public const string Name = "azure";

    private const string Prefix = "Azure.";
    private static readonly XNamespace Markup = "http://www.w3.org/2001/10/synthesis";

    private readonly string _url = options.BaseUrl.TrimEnd('/') + "/cognitiveservices/v1";

    public IReadOnlyList<SpeechVoice> Voices { get; } =
        [new(Prefix + options.DefaultVoice, options.DefaultVoice, Name, LanguageOf(options.DefaultVoice) ?? "", IsMan: null, Name)];

    public bool Speaks(string voice) => voice.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    public SpeedRange Speeds => new(0.5, 2);

    public string Identity => $"{Name} {_url} {options.DefaultVoice}";

    public async ValueTask<AudioResult> RenderAsync(PromptSource.Speech speech, CancellationToken stop)
    {
        string words = speech.IsSsml ? Ssml.ToText(speech.Text) : speech.Text;
        if (string.IsNullOrWhiteSpace(words)) return AudioResult.Failed(PromptFailure.BadAudio, "There is no text to speak.");
        var result = await egress.SendAsync(new()
        {
            Url = _url,
            Use = TargetUse.Document,
            IsOperatorConfigured = true,
            Method = "POST",
            Headers =
            [
                new("Ocp-Apim-Subscription-Key", options.Key), new("X-Microsoft-OutputFormat", "riff-24khz-16bit-mono-pcm"),
                new("User-Agent", "ringwright"),
            ],
            Body = Encoding.UTF8.GetBytes(Compose(speech, words)),
            ContentType = "application/ssml+xml",
            Timeout = timeout,
            MaxBytes = Limits.RenderedBytes,
        }, stop);
        return SpeechAnswer.OfFile(result);
    }

    /// <summary>The text within a voice, at its speed. Markup that is none is reduced to its words.</summary>
    private string Compose(PromptSource.Speech speech, string words)
    {
        string voice = speech.Voice.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            ? speech.Voice[Prefix.Length..] : options.DefaultVoice;
        object[] content = speech.IsSsml && Ssml.Parse(speech.Text) is { } markup ? InNamespace(markup) : [Ssml.ForXml(words)];
        if (speech.Speed is not 1)
        {
            string rate = ((speech.Speed - 1) * 100).ToString("+0;-0", CultureInfo.InvariantCulture) + "%";
            content = [new XElement(Markup + "prosody", new XAttribute("rate", rate), content)];
        }
        return new XElement(Markup + "speak", new XAttribute("version", "1.0"),
            new XAttribute(XNamespace.Xml + "lang", speech.Language ?? LanguageOf(voice) ?? "en-US"),
            new XElement(Markup + "voice", new XAttribute("name", voice), content)).ToString(SaveOptions.DisableFormatting);
    }

    private static XNode[] InNamespace(XNode[] nodes)
    {
        foreach (var element in nodes.OfType<XElement>().SelectMany(node => node.DescendantsAndSelf()))
            element.Name = Markup + element.Name.LocalName;
        return nodes;
    }

    /// <summary>"en-US" of "en-US-JennyNeural".</summary>
    private static string? LanguageOf(string voice) => voice.Split('-') is [var language, var region, ..] ? $"{language}-{region}" : null;
}
