using System.Globalization;
using Ringwright.Calls;
using Ringwright.Texml.Documents;
using Ringwright.Texml.Run;

namespace Ringwright.Texml.Verbs;

/// <summary>Speaks a text.</summary>
internal static class SayVerb
{
    /// <summary>TwiML's longest voices take so much.</summary>
    private const int MostCharacters = 3_000, MostCharactersOfTwiml = 5_000;

    private const double Slowest = 0.1, Fastest = 2, Usual = 1;

    public static async ValueTask<Step> RunAsync(DocumentCall call, TexmlElement element, VerbValues values)
    {
        if (SpokenPause.Of(element) is { } pause)
        {
            await call.AnswerAsync();
            await call.NextWithinAsync(pause, _ => false);
            return Step.Next;
        }
        if (await SpeechAsync(call, element, values) is not { } speech) return Step.Next;
        await call.AnswerAsync();
        var command = new LegCommand.Speak { Id = Guid.CreateVersion7(), Speech = speech, Loops = values.Whole("loop") ?? 1 };
        if (!await call.TrySendAsync(command, "Say")) return Step.Next;
        var ended = await call.NextAsync<CallEvent.SpeakEnded>(e => e.Speak == command.Id);
        if (ended.Status is PlayStatus.Failed) await call.WarnAsync("Say was not spoken");
        return Step.Next;
    }

    /// <summary>Null when there is nothing to say, or too much: told as a warning.</summary>
    public static async ValueTask<PromptSource.Speech?> SpeechAsync(DocumentCall call, TexmlElement element, VerbValues values)
    {
        var speech = SpeechOf(element, values, out string? fault);
        if (fault is not null) await call.WarnAsync(fault);
        if (values.Has("gender") && values.Has("voice"))
            await call.WarnAsync($"gender does nothing beside voice, which says it ({element.At})");
        if (values.Has("voiceSpeed") && SpeedOf(values) is null)
            await call.WarnAsync($"voiceSpeed is a number from 0.1 to 2 ({element.At})");
        return speech;
    }

    /// <param name="fault">As a sentence, when there is nothing to say, or too much.</param>
    public static PromptSource.Speech? SpeechOf(TexmlElement element, VerbValues values, out string? fault)
    {
        bool isSsml = element.Children.Count > 0;
        string text = isSsml ? $"<speak>{element.Inner.Trim()}</speak>" : element.Text;
        int most = values.IsTwiml ? MostCharactersOfTwiml : MostCharacters;
        fault = element.Text.Length == 0 ? $"Say has nothing to say ({element.At})"
            : text.Length > most ? $"Say has more than {most} characters ({element.At})" : null;
        return fault is not null ? null
            : new(text, VoiceOf(values), values.Filled("language"), isSsml) { Speed = SpeedOf(values) ?? Usual };
    }

    /// <summary>As it is written; null where it is none.</summary>
    private static double? SpeedOf(VerbValues values) =>
        double.TryParse(values.Text("voiceSpeed"), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double speed)
            && speed is >= Slowest and <= Fastest ? speed : null;

    /// <summary>Where no voice is named the gender says which of the two it is.</summary>
    private static string VoiceOf(VerbValues values) =>
        values.Has("gender") && !values.Has("voice") ? values.Text("gender").ToLowerInvariant() : VoiceOf(values.Text("voice"));

    /// <summary>In the words of the call API: man and woman, and names of providers' voices.</summary>
    public static string VoiceOf(string voice) => voice.ToLowerInvariant() switch
    {
        "" or "man" => "male",
        "woman" or "alice" => "female",
        _ when voice.StartsWith("Polly.", StringComparison.OrdinalIgnoreCase) => $"AWS.{voice}",
        _ => voice,
    };
}
