using Ringwright.Egress;
using Ringwright.Server.Settings;
using Ringwright.Speech;
using Ringwright.Speech.EspeakNg;
using Ringwright.Speech.Recognition;

namespace Ringwright.Server.Nodes;

/// <summary>Who recognises speech, as the settings say.</summary>
internal static class NodeRecognisers
{
    public static Recognisers Create(ServeSettings settings, EgressClient egress, TimeProvider clock, ILoggerFactory loggers)
    {
        var log = loggers.CreateLogger("Ringwright.Speech");
        var speech = new SpeechOptions { Folder = settings.Data };
        return new(settings.Recognition, new EspeakNgSpeech(speech.EspeakProgram, speech.SpeechTimeout, log, clock), egress, clock, log);
    }
}
