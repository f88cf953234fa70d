using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Texml.Documents;
using Ringwright.Texml.Run;

namespace Ringwright.Texml.Verbs;

/// <summary>Joins the caller to whoever has waited longest in a queue; where nobody does, he waits for the next.</summary>
internal static class QueueNoun
{
    public static async ValueTask<Step> RunAsync(DocumentCall call, TexmlElement element, VerbValues dial)
    {
        var values = call.Read(element);
        foreach (string warning in values.Warnings) await call.WarnAsync(warning);
        if (element.OwnText.Length == 0)
        {
            await call.WarnAsync($"Queue has no name ({element.At})");
            return await ActAsync("failed");
        }
        string? said = values.Filled("url"), whisper = said is null ? null : await Actions.ResolveAsync(call, said, "url");
        await call.AnswerAsync();
        var time = call.Parts.Time;
        long began = time.GetTimestamp();
        if (CommandRules.FaultOf(new LegCommand.BridgeQueue(element.OwnText, To(default))) is { } fault)
        {
            await call.WarnAsync($"Queue was refused: {fault}");
            return await ActAsync("failed");
        }
        CallEvent.LegBridged? joined = null;
        try
        {
            (var refusal, joined) = await TakeAsync();
            while (refusal is (Refusal.QueueEmpty or Refusal.OnOtherNode) && time.GetElapsedTime(began) < dial.Seconds("timeout"))
            {
                await call.NextWithinAsync(Limits.QueueRest, _ => false);
                (refusal, joined) = await TakeAsync();
            }
            if (joined is null) return await ActAsync(refusal is Refusal.QueueEmpty or Refusal.OnOtherNode ? "no-answer" : "failed");
            call.TakesDigits = dial.Flag("hangupOnStar");
            var peer = joined.Peer;
            object? happened = await DialVerb.NextInTimeAsync(call, dial, e => e is CallEvent.DigitReceived { Digit: '*' }
                || e is CallEvent.LegUnbridged parted && parted.Peer == peer);
            if (happened is null or CallEvent.DigitReceived)
                await call.TrySendAsync(new LegCommand.Park(), happened is null ? "timeLimit" : "hangupOnStar");
        }
        catch (CallOverException)
        {
            await Actions.TellAsync(call, dial, [new("DialCallStatus", joined is null ? "canceled" : "completed")]);
            throw;
        }
        finally
        {
            call.TakesDigits = false;
        }
        return await ActAsync("completed");

        ValueTask<(Refusal, CallEvent.LegBridged?)> TakeAsync() => whisper is null ? FirstAsync(call, element.OwnText)
            : WhisperAsync(call, element.OwnText, new(whisper, values.Method("method"), []));

        ValueTask<Step> ActAsync(string status) =>
            Actions.GoAsync(call, dial, [new("DialCallStatus", status)], usesDocument: false, outlivesCall: true);
    }

    private static LegCommand.Bridge To(LegId peer) => new(peer) { ParksAfterUnbridge = true };

    private static ValueTask<(Refusal Refusal, CallEvent.LegBridged? Joined)> FirstAsync(DocumentCall call, string queue) =>
        JoinAsync(call, new LegCommand.BridgeQueue(queue, To(default)));

    private static async ValueTask<(Refusal Refusal, CallEvent.LegBridged? Joined)> JoinAsync(DocumentCall call, LegCommand command)
    {
        var ack = await call.SendAsync(command);
        if (!ack.IsAccepted) return (ack.Refusal, null);
        return (Refusal.None, await call.NextWithinAsync(Limits.Joining, e => e is CallEvent.LegBridged) as CallEvent.LegBridged);
    }

    /// <summary>
    /// Whoever has waited longest stays in the queue while he hears the document, and nobody else who has one takes him then. One who is
    /// not there by a document himself cannot hear it.
    /// </summary>
    private static async ValueTask<(Refusal Refusal, CallEvent.LegBridged? Joined)> WhisperAsync(DocumentCall call, string queue,
        Step.Go whisper)
    {
        foreach (var peer in await call.Parts.Records.WaitingAsync(call.Leg.Tenant, queue, call.Stop))
        {
            if (peer == call.Leg.Id) continue;
            if (call.Parts.Waiting.Find(peer) is not { } waiting)
            {
                var first = await FirstAsync(call, queue);
                if (first.Joined is not null) await call.WarnAsync("url of Queue: who waited is not there by a document, and hears none");
                return first;
            }
            var taking = new QueueTaking(call.Leg, whisper, call.Post);
            if (!waiting.TryTake(taking)) continue;
            bool isJoined = false;
            try
            {
                if (!(await call.NextAsync<QueueNews>(news => news.Of == taking)).IsReady) continue;
                var result = await JoinAsync(call, To(peer));
                isJoined = result.Joined is not null;
                if (isJoined) return result;
            }
            finally
            {
                if (!isJoined) taking.Dismiss();
            }
        }
        return (Refusal.QueueEmpty, null);
    }
}
