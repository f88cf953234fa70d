using System.Globalization;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Telnyx.Texml;
using Ringwright.Telnyx.Voice;
using Ringwright.Texml.Documents;
using Ringwright.Texml.Languages;
using Ringwright.Texml.Run;

namespace Ringwright.Texml.Verbs;

/// <summary>Records what the caller says.</summary>
internal static class RecordVerb
{
    public const string Source = "RecordVerb";
    /// <summary>In place of a key, where the caller has ended it so.</summary>
    public const string HungUp = "hangup";

    public static async ValueTask<Step> RunAsync(DocumentCall call, TexmlElement element, VerbValues values)
    {
        await call.AnswerAsync();
        var format = RecordingFields.FormatOf(call, values);
        var plan = new RecordPlan
        {
            Id = Guid.CreateVersion7(),
            Format = format,
            IsDual = values.Text("channels") is "dual",
            Beeps = values.Flag("playBeep"),
            MaximumLength = values.Seconds("maxLength") is { Ticks: > 0 } most ? most : null,
            SilenceLimit = values.Seconds("timeout") is { Ticks: > 0 } silence ? silence : null,
            TrimsSilence = values.Text("trim") is "trim-silence",
            Transcription = await Listeners.OfRecordingAsync(call, values, format),
        };
        call.TakesDigits = true;
        try
        {
            plan = plan with { Labels = (await RecordingLabels.OfAsync(call, values, Source)).With(ActionOf(call, values)) };
            return await call.TrySendAsync(new LegCommand.RecordStart(plan), "Record") ? await RunAsync(call, values, plan) : Step.Next;
        }
        catch (ReplacedException)
        {
            await call.SendAsync(new LegCommand.RecordStop(plan.Id));
            throw;
        }
        finally
        {
            call.TakesDigits = false;
        }
    }

    private static async ValueTask<Step> RunAsync(DocumentCall call, VerbValues values, RecordPlan plan)
    {
        string keys = values.Text("finishOnKey");
        char? pressed = null;
        while (true)
        {
            var happened = await call.NextAsync(e => e is CallEvent.DigitReceived || IsEnd(e, plan.Id));
            if (happened is CallEvent.DigitReceived digit)
            {
                if (pressed is not null || !keys.Contains(digit.Digit, StringComparison.Ordinal)) continue;
                pressed = digit.Digit;
                await call.TrySendAsync(new LegCommand.RecordStop(plan.Id), "the end of Record");
                continue;
            }
            if (happened is not CallEvent.RecordingSaved saved)
            {
                await call.WarnAsync("Record has made no recording");
                return Step.Next;
            }
            if (saved.Length <= TimeSpan.Zero) return Step.Next;
            return await Actions.GoAsync(call, values,
                [.. RecordingFields.Of(saved, call.Language, Source), new("Digits", pressed?.ToString() ?? "")], usesDocument: true);
        }
    }

    /// <summary>For who hangs up: what is recorded then is there when no document runs any more.</summary>
    private static Labels ActionOf(DocumentCall call, VerbValues values)
    {
        string? url = values.Filled("action") is null ? call.Base?.AbsoluteUri : Actions.Find(call, values, TargetUse.Webhook);
        return Labels.Of((TexmlLabels.Action, url is null ? null : TexmlLabels.Of(values.Method("method"), [], url)));
    }

    /// <summary>Of what ends with the call a callback tells the action.</summary>
    private static bool IsEnd(object happened, Guid recording) =>
        happened is CallEvent.RecordingSaved { Reason: not RecordEndReason.Hangup } saved && saved.Plan.Id == recording
        || happened is CallEvent.RecordingFailed failed && failed.Recording == recording;
}

/// <summary>Labels of a recording's plan: which verb begins it, and where callbacks of it go.</summary>
internal static class RecordingLabels
{
    /// <summary>TwiML has no word for it, and always tells.</summary>
    public static bool TellsUrl(DocumentCall call, VerbValues values) => call.Language.IsTwiml || values.Flag("sendRecordingUrl");

    /// <param name="tellsUrl">Callbacks say where it is fetched.</param>
    /// <param name="url">The attribute that says where callbacks go.</param>
    public static async ValueTask<Labels> OfAsync(DocumentCall call, VerbValues values, string source, bool tellsUrl = true,
        string url = "recordingStatusCallback") =>
        RecordingSource.Of(source, await Actions.CallbackAsync(call, values, url, "recordingStatusCallbackMethod",
            [.. values.Words("recordingStatusCallbackEvent"), .. tellsUrl ? [] : new[] { TexmlLabels.WithoutUrl }]));
}

/// <summary>A saved recording, as actions and callbacks tell of it.</summary>
internal static class RecordingFields
{
    public static RecordFormat FormatOf(DocumentCall call, VerbValues values) => call.Language.IsTwiml ? call.Language.UsualFormat
        : values.Text("format") is "wav" ? RecordFormat.Wav : RecordFormat.Mp3;

    public static IReadOnlyList<KeyValuePair<string, string>> Of(CallEvent.RecordingSaved saved, Language language, string source)
    {
        return
        [
            .. Of(saved.Plan, language),
            new("RecordingUrl", Url(saved.Leg, saved.Plan.Id, saved.Plan.Format, language, saved.Plan.FileName)),
            new("RecordingStatus", "completed"),
            new("RecordingDuration", Math.Round(saved.Length.TotalSeconds).ToString(CultureInfo.InvariantCulture)),
            new("RecordingChannels", saved.Plan.Channels.ToString(CultureInfo.InvariantCulture)),
            new("RecordingSource", source),
        ];
    }

    /// <summary>Which one it is, and of which conference.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Of(RecordPlan plan, Language language)
    {
        yield return new("RecordingSid", language.Recording(plan.Id));
        if (plan.Conference is { } conference) yield return new("ConferenceSid", language.Conference(conference));
    }

    /// <summary>Where it is fetched for a while. The file's name does not matter to the link, which is signed with it.</summary>
    public static string Url(LegFacts leg, Guid recording, RecordFormat format, Language language, string? name = null) =>
        language.RecordingUrl(leg.Tenant, recording, $"{name ?? leg.Uuid.ToString()}.{Recordings.Word(format)}");
}
