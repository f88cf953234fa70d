using Ringwright.Calls;
using Ringwright.Egress;
using Ringwright.Server.Settings;
using Ringwright.Speech;
using Ringwright.Speech.EspeakNg;
using Ringwright.Speech.OpenAi;
using Ringwright.Speech.Prompts;

namespace Ringwright.Server.Nodes;

/// <summary>Prompts with the voice that the settings chose.</summary>
internal static class Voices
{
    /// <param name="library">The tenants' kept files; null where there are none.</param>
    /// <returns>What calls play, and what customers get as files.</returns>
    public static (IPrompts Prompts, ISpeech Speech) Create(ServeSettings settings, IPromptEncoder encoder, EgressClient egress,
        IMediaLibrary? library, TimeProvider clock, ILoggerFactory loggers)
    {
        var options = new SpeechOptions { Folder = Path.Combine(settings.Data, "prompts"), Provider = EspeakNgSpeech.Name };
        if (settings.SpeechUrl is { } url)
        {
            options = options with
            {
                Provider = OpenAiSpeech.Name,
                OpenAi = new OpenAiSpeechOptions
                {
                    BaseUrl = url.ToString().TrimEnd('/'), Key = settings.SpeechKey, Model = settings.SpeechModel
                },
            };
        }
        var provider = SpeechProviders.Create(options, egress, loggers.CreateLogger("Ringwright.Speech"));
        return (new PromptPreparer(options, encoder, egress, provider, library, clock, loggers.CreateLogger<PromptPreparer>()),
            new Synthesis(provider, encoder));
    }
}
