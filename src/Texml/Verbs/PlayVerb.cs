using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Texml.Documents;
using Ringwright.Texml.Run;

namespace Ringwright.Texml.Verbs;

/// <summary>Plays a file, or presses keys.</summary>
internal static class PlayVerb
{
    public static async ValueTask<Step> RunAsync(DocumentCall call, TexmlElement element, VerbValues values)
    {
        if (values.Filled("digits") is { } digits)
        {
            await call.AnswerAsync();
            await call.TrySendAsync(new LegCommand.SendDigits(digits), "Play of digits");
            return Step.Next;
        }
        if (await SourceAsync(call, element, values) is not { } source) return Step.Next;
        await call.AnswerAsync();
        var command = new LegCommand.Play { Id = Guid.CreateVersion7(), Source = source, Loops = values.Whole("loop") ?? 1 };
        if (!await call.TrySendAsync(command, "Play")) return Step.Next;
        var ended = await call.NextAsync<CallEvent.PlaybackEnded>(e => e.Playback == command.Id);
        if (ended.Status is PlayStatus.Failed or PlayStatus.FileNotFound)
            await call.WarnAsync($"Play was not played: {ended.Detail ?? "the file was not to be had"}");
        return Step.Next;
    }

    /// <summary>Null when there is no such sound, which is told as a warning.</summary>
    public static async ValueTask<PromptSource?> SourceAsync(DocumentCall call, TexmlElement element, VerbValues values)
    {
        if (element.Text.Length == 0)
        {
            await call.WarnAsync($"Play has nothing to play ({element.At})");
            return null;
        }
        if (values.Flag("mediaStorage")) return new PromptSource.Stored(element.Text);
        // As documents do with what was just recorded: its URL is the node's own, and may want credentials.
        if (call.Language.RecordingOf(call.Leg.Tenant, element.Text) is { } recording) return new PromptSource.Recording(recording);
        return await Actions.ResolveAsync(call, element.Text, "Play", TargetUse.Media) is { } url ? new PromptSource.Url(url) : null;
    }
}

/// <summary>Is silent for a while.</summary>
internal static class PauseVerb
{
    public static async ValueTask<Step> RunAsync(DocumentCall call, TexmlElement element, VerbValues values)
    {
        // Where it is the first verb nobody has answered: the caller hears it ring.
        await call.NextWithinAsync(values.Seconds("length") ?? TimeSpan.FromSeconds(1), _ => false);
        return Step.Next;
    }

    /// <summary>The same among sounds; null for none.</summary>
    public static PromptSource? Silence(VerbValues values)
    {
        int length = (values.Whole("length") ?? 1) * 1_000;
        return length == 0 ? null : new PromptSource.Tone(0, 0, 0, length, length);
    }

    public static PromptSource Silence(TimeSpan length) =>
        new PromptSource.Tone(0, 0, 0, (int)length.TotalMilliseconds, (int)length.TotalMilliseconds);
}

/// <summary>Ends the call.</summary>
internal static class HangupVerb
{
    public static ValueTask<Step> RunAsync(DocumentCall call, TexmlElement element, VerbValues values) => new(Step.End);
}

/// <summary>Never answers it.</summary>
internal static class RejectVerb
{
    public static async ValueTask<Step> RunAsync(DocumentCall call, TexmlElement element, VerbValues values)
    {
        if (call.IsAnswered || call.Leg.Direction is Direction.Outbound)
            await call.WarnAsync($"Reject comes too late: the call is answered, and hung up ({element.At})");
        else await call.TrySendAsync(new LegCommand.Reject(values.Text("reason") is "busy"), "Reject");
        return Step.End;
    }
}

/// <summary>On to another document.</summary>
internal static class RedirectVerb
{
    public static async ValueTask<Step> RunAsync(DocumentCall call, TexmlElement element, VerbValues values) =>
        await Actions.ResolveAsync(call, element.Text.Length > 0 ? element.Text : call.Base?.AbsoluteUri ?? "", "Redirect") is { } url
            ? new Step.Go(url, values.Method("method"), []) : Step.End;
}

/// <summary>Out of the queue that the call waits in; only in the document that is heard there.</summary>
internal static class LeaveVerb
{
    public static async ValueTask<Step> RunAsync(DocumentCall call, TexmlElement element, VerbValues values)
    {
        await call.TrySendAsync(new LegCommand.LeaveQueue(), "Leave");
        return Step.Done;
    }
}
