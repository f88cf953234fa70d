using Ringwright.Calls;
using Ringwright.Net;
using Ringwright.Server.Settings;
using Ringwright.Speech.EspeakNg;
using Ringwright.Store;

namespace Ringwright.Server.Nodes;

/// <summary>What a node tries on itself.</summary>
internal static class NodeSelfTest
{
    private const string Calls = "call_control", Texts = "text_to_speech";

    public static SelfTest Create(ServeSettings settings, Database database, SipEngine engine, INodeMedia media, ISpeech speech,
        TimeProvider clock, TimeSpan? rest, ILogger logger)
    {
        var tests = rest is { } span ? new SelfTest(clock, logger) { Every = span } : new SelfTest(clock, logger);
        tests.Add(Calls, "call_control_ledger_takes_a_write", async stop =>
        {
            await database.TouchAsync(stop);
            return true;
        });
        // Without a message: one would leave a transaction behind for half a minute, each time.
        tests.Add(Calls, "call_control_signalling_runs", _ => new(engine.IsRunning));
        tests.Add(Calls, "call_control_media_is_up", _ => new(media.IsUp));
        // A voice that is paid for by the word is not tried.
        if (settings.SpeechUrl is null && settings.SpeechProvider is null or EspeakNgSpeech.Name)
            tests.Add(Texts, "text_to_speech_speaks",
                async stop => (await speech.SpeakAsync(new("one", "female", null, IsSsml: false), stop)).Failure is PromptFailure.None);
        return tests;
    }
}
