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
    public static IPrompts Create(ServeSettings settings, IPromptEncoder encoder, EgressClient egress, TimeProvider clock, ILoggerFactory loggers)
    {
        var options = new SpeechOptions { Folder = Path.Combine(settings.Data, "prompts"), Provider = EspeakNgSpeech.Name };
        if (settings.SpeechUrl is { } url)
        {
            options = options with
            {
                Provider = OpenAiSpeech.Name,
                OpenAi = new OpenAiSpeechOptions { BaseUrl = url.ToString().TrimEnd('/'), Key = settings.SpeechKey, Model = settings.SpeechModel },
            };
        }
        return new PromptPreparer(options, encoder, egress, SpeechProviders.Create(options, egress), clock, loggers.CreateLogger<PromptPreparer>());
    }
}
