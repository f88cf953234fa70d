using System.Globalization;
using Ringwright.Calls;
using Ringwright.Telnyx.Texml;
using Ringwright.Texml.Documents;
using Ringwright.Texml.Run;

namespace Ringwright.Texml.Verbs;

/// <summary>Asks for keys, or words, while what is nested is heard.</summary>
internal static class GatherVerb
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10), LongestSilence = TimeSpan.FromMinutes(1);

    public static async ValueTask<Step> RunAsync(DocumentCall call, TexmlElement element, VerbValues values)
    {
        var prompts = await PromptsAsync(call, element);
        await call.AnswerAsync();
        // TeXML has no such word: there a key always ends what is heard.
        if (call.Language.IsTwiml && !values.Flag("bargeIn"))
        {
            foreach (var prompt in prompts) await HearAsync(call, prompt);
            prompts = [];
        }
        var timeout = values.Seconds("timeout")!.Value;     // has a default
        var partial = await Actions.CallbackAsync(call, values, "partialResultCallback", "partialResultCallbackMethod", ["partial"]);
        var (least, most) = await DigitsAsync(call, element, values);
        var command = new LegCommand.Gather
        {
            GatherId = Guid.CreateVersion7().ToString(),
            Prompt = prompts.Count > 0 ? prompts[0] : null,
            MorePrompts = prompts.Count > 1 ? prompts[1..] : [],
            MinimumDigits = least,
            MaximumDigits = most,
            TerminatingDigits = values.Text("finishOnKey"),
            ValidDigits = values.Filled("validDigits") ?? "0123456789*#",
            InitialTimeout = timeout,
            InterDigitTimeout = timeout,
            TotalTimeout = Longest,
            Speech = await SpeechAsync(call, element, values, partial is not null, timeout),
            Labels = partial is null ? null : Labels.Of((TexmlLabels.Partial, partial)),
        };
        if (!await call.TrySendAsync(command, "Gather")) return Step.Next;
        var ended = await call.NextAsync<CallEvent.GatherEnded>(e => e.GatherId == command.GatherId);
        if (ended.SpeechFailure is { } deaf) await call.WarnAsync($"Gather did not hear speech: {deaf}");
        if (ended.Status is GatherStatus.Invalid && values.Filled("invalidDigitsAction") is not null)
            return ByItsMethod(
                await Actions.GoAsync(call, values, [new("Digits", ended.Digits)], usesDocument: false, "invalidDigitsAction"));
        if (ended.Status is not GatherStatus.Valid)
            return call.Language.IsTwiml && values.Flag("actionOnEmptyResult")
                ? await Actions.GoAsync(call, values, Result(call, ended with { Digits = "", Speech = null }), usesDocument: true)
                : Step.Next;
        return ByItsMethod(await Actions.GoAsync(call, values, Result(call, ended), usesDocument: true));

        // TeXML goes by the method of the application where it says none.
        Step ByItsMethod(Step step) =>
            step is Step.Go go && !call.Language.IsTwiml && !values.Has("method") && call.Application is { } application
                ? go with { Method = application.WebhookMethod } : step;
    }

    /// <summary>To its end: keys that are pressed meanwhile are let go.</summary>
    private static async ValueTask HearAsync(DocumentCall call, PromptSource prompt)
    {
        var id = Guid.CreateVersion7();
        if (prompt is PromptSource.Tone silence)
            await call.NextWithinAsync(TimeSpan.FromMilliseconds(silence.TotalMilliseconds), _ => false);
        else if (prompt is PromptSource.Speech speech)
        {
            if (await call.TrySendAsync(new LegCommand.Speak { Id = id, Speech = speech }, "Say"))
                await call.NextAsync<CallEvent.SpeakEnded>(e => e.Speak == id);
        }
        else if (await call.TrySendAsync(new LegCommand.Play { Id = id, Source = prompt }, "Play"))
            await call.NextAsync<CallEvent.PlaybackEnded>(e => e.Playback == id);
    }

    private static List<KeyValuePair<string, string>> Result(DocumentCall call, CallEvent.GatherEnded ended)
    {
        if (ended.Speech is not { } speech)
        {
            List<KeyValuePair<string, string>> pressed = [new("Digits", ended.Digits)];
            if (call.Language.TellsFinishingKey) pressed.Add(new("FinishedOnKey", ended.FinishedBy?.ToString() ?? ""));
            return pressed;
        }
        var result = new List<KeyValuePair<string, string>> { new("SpeechResult", speech) };
        if (ended.Confidence is { } confidence) result.Add(new("Confidence", confidence.ToString("0.###", CultureInfo.InvariantCulture)));
        return result;
    }

    /// <summary>At least and at most; what contradicts itself is told.</summary>
    private static async ValueTask<(int Least, int Most)> DigitsAsync(DocumentCall call, TexmlElement element, VerbValues values)
    {
        if (values.Whole("numDigits") is { } digits)
        {
            if (values.Has("minDigits") || values.Has("maxDigits"))
                await call.WarnAsync($"numDigits stands for minDigits and maxDigits, which do nothing beside it ({element.At})");
            return (1, digits);
        }
        var (least, most) = (values.Whole("minDigits") ?? 1, values.Whole("maxDigits") ?? 128);
        if (least <= most) return (least, most);
        await call.WarnAsync($"minDigits is more than maxDigits, and is taken for as many ({element.At})");
        return (most, most);
    }

    private static async ValueTask<SpeechInput?> SpeechAsync(DocumentCall call, TexmlElement element, VerbValues values, bool tellsPartial,
        TimeSpan timeout)
    {
        var input = values.Words("input");
        if (!input.Contains("speech", StringComparer.OrdinalIgnoreCase)) return null;
        var terms = new TranscriptionTerms(values.Text("language"), TapTracks.Said)
        {
            HasInterim = tellsPartial,
            Hints = [.. values.Text("hints").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)],
        };
        return new(await Listeners.OfGatherAsync(call, values, terms))
        {
            TakesDigits = input.Contains("dtmf", StringComparer.OrdinalIgnoreCase),
            EndSilence = await EndSilenceAsync(call, element, values, timeout),
            LongestSpeech = values.Seconds("maxSpeechTime"),
        };
    }

    /// <summary>Behind words; zero for the first pause. Where TwiML says nothing it is as long as that before them.</summary>
    private static async ValueTask<TimeSpan> EndSilenceAsync(DocumentCall call, TexmlElement element, VerbValues values, TimeSpan timeout)
    {
        if (values.Filled("speechTimeout") is not { } said)
            return !call.Language.IsTwiml ? TimeSpan.Zero : timeout < LongestSilence ? timeout : LongestSilence;
        if (said.Equals("auto", StringComparison.OrdinalIgnoreCase)) return TimeSpan.Zero;
        if (values.Seconds("speechTimeout") is { } silence && silence <= LongestSilence) return silence;
        await call.WarnAsync($"speechTimeout is auto, or whole seconds up to 60 ({element.At})");
        return TimeSpan.Zero;
    }

    /// <summary>What is nested, one after the other; a pause is silence.</summary>
    private static async ValueTask<List<PromptSource>> PromptsAsync(DocumentCall call, TexmlElement element)
    {
        var prompts = new List<PromptSource>();
        foreach (var nested in element.Children.Where(child => child.Name is "Say" or "Play" or "Pause"))
        {
            var values = call.Read(nested);
            foreach (string warning in values.Warnings) await call.WarnAsync(warning);
            PromptSource? source = nested.Name switch
            {
                "Say" when SpokenPause.Of(nested) is { } pause => Silence(pause.TotalSeconds),
                "Say" => await SayVerb.SpeechAsync(call, nested, values),
                "Play" => await PlayVerb.SourceAsync(call, nested, values),
                "Pause" => Silence(values.Whole("length") ?? 1),
                _ => null,
            };
            if (source is null) continue;
            int loops = nested.Name is "Pause" ? 1 : values.Whole("loop") ?? 1;
            // For ever is as long as there is room.
            for (int i = 0; i < (loops == 0 ? Limits.Prompts : loops) && prompts.Count < Limits.Prompts; i++) prompts.Add(source);
        }
        return prompts;
    }

    private static PromptSource.Tone Silence(double seconds) => new(0, 0, 0, (int)(seconds * 1_000), (int)(seconds * 1_000));
}
