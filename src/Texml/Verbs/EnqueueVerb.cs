using System.Globalization;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Texml.Documents;
using Ringwright.Texml.Run;

namespace Ringwright.Texml.Verbs;

/// <summary>Lets the caller wait in a queue, with a sound or a document meanwhile.</summary>
internal static class EnqueueVerb
{
    private static readonly HashSet<string> WhileWaiting = ["Say", "Play", "Pause", "Gather", "Redirect", "Leave", "Hangup"];
    private static readonly HashSet<string> BeforeHeIsTaken = ["Say", "Play", "Pause", "Gather", "Redirect", "Hangup"];

    public static async ValueTask<Step> RunAsync(DocumentCall call, TexmlElement element, VerbValues values)
    {
        if (element.OwnText.Length == 0)
        {
            await call.WarnAsync($"Enqueue names no queue ({element.At})");
            return await Actions.GoAsync(call, values, [new("QueueResult", "error")], usesDocument: false);
        }
        string? said = values.Filled("waitUrl");
        var kept = said is null ? null : call.Language.RecordingOf(call.Leg.Tenant, said);
        string? waitUrl = said is not null && kept is null ? await Actions.ResolveAsync(call, said, "waitUrl") : null;
        await call.AnswerAsync();
        var began = call.Parts.Time.GetUtcNow();
        int? size = await SizeAsync(call, element.OwnText), usual = call.Language.IsTwiml && size is null ? Limits.QueuedCalls : null;
        var command = new LegCommand.Enqueue(element.OwnText)
        {
            MaxSize = size, MostWaiting = values.Whole("maxQueueSize") ?? usual,
            MaxWait = values.Seconds("maxWaitTimeSecs"), ParksAfterUnbridge = true,
        };
        var ack = await call.SendToldAsync(command, "Enqueue");
        string result = call.Language.IsTwiml && ack.Refusal is Refusal.QueueFull ? "queue-full" : "error";
        if (!ack.IsAccepted) return await Actions.GoAsync(call, values, Fields(), usesDocument: false);
        result = Word(DequeueReason.Hangup);
        try
        {
            var (left, isJoined) = await WaitAsync(call, waitUrl, kept, values, element.OwnText, began);
            result = Word(left.Reason);
            // The end of the call is on its way.
            if (left.Reason is DequeueReason.Hangup) throw new CallOverException();
            // Whoever took him talks to him first, if he is still there.
            if (!isJoined && left.Reason is DequeueReason.Bridged or DequeueReason.Bridging)
                isJoined = await call.NextWithinAsync(Limits.Joining, e => e is CallEvent.LegBridged) is not null;
            if (isJoined) await call.NextAsync<CallEvent.LegUnbridged>();
        }
        catch (CallOverException)
        {
            await Actions.TellAsync(call, values, Fields());
            throw;
        }
        return await Actions.GoAsync(call, values, Fields(), usesDocument: false, outlivesCall: true);

        List<KeyValuePair<string, string>> Fields() =>
        [
            new("QueueSid", call.Language.Queue(call.Leg.Tenant, element.OwnText)), new("QueueResult", result),
            new("QueueTime", Whole(call.Parts.Time.GetUtcNow() - began)),
        ];
    }

    /// <summary>As the account has said before; null leaves it to whoever comes first.</summary>
    private static async ValueTask<int?> SizeAsync(DocumentCall call, string queue)
    {
        try
        {
            return await call.Parts.Records.SizeOfQueueAsync(call.Leg.Tenant, queue, call.Stop);
        }
        catch (OperationCanceledException)
        {
            throw new CallOverException();
        }
    }

    /// <summary>Until the call is out of the queue, whatever the document does.</summary>
    /// <param name="kept">The recording that he hears, in place of what is at a URL.</param>
    /// <returns>Whether somebody talks to him already.</returns>
    private static async ValueTask<(CallEvent.LegDequeued Left, bool IsJoined)> WaitAsync(DocumentCall call, string? url, Guid? kept,
        VerbValues values, string queue, DateTimeOffset began)
    {
        var (document, average, method) = (call.Base, TimeSpan.Zero, values.Method("waitUrlMethod"));
        QueueTaking? taking = null;
        var waiting = new WaitingCall(call.Leg.Id, call.Post);
        call.Interrupts = static happened => happened is CallEvent.LegDequeued or CallEvent.LegBridged or QueueTaking or TakerLeft;
        try
        {
            average = (await call.NextAsync<CallEvent.LegEnqueued>()).AverageWait;
            call.Parts.Waiting.Add(waiting);
            while (true)
            {
                try
                {
                    if (taking is not null) await BeTakenAsync(taking);
                    else if (kept is { } recording) await LoopAsync(new PromptSource.Recording(recording));
                    else if (url is not null) await HearAsync();
                    else if (WaitingTone.Of(call, values) is { } tone)
                        await call.TrySendAsync(new LegCommand.Play { Source = tone, Loops = 0 }, "the tone");
                    while (true) await call.NextAsync(_ => false);
                }
                catch (InterruptedException interrupted)
                {
                    if (interrupted.By is TakerLeft old && old.Of != taking) continue;
                    await call.SendAsync(new LegCommand.StopPlayback(StopWhat.All));
                    await call.SendAsync(new LegCommand.StopGather());
                    if (interrupted.By is QueueTaking or TakerLeft)
                    {
                        taking = interrupted.By as QueueTaking;
                        if (taking is null) waiting.Release();
                        continue;
                    }
                    call.Interrupts = null;
                    return interrupted.By is CallEvent.LegDequeued left ? (left, false)
                        : (await call.NextAsync<CallEvent.LegDequeued>(), true);
                }
            }
        }
        finally
        {
            (call.Interrupts, call.Base) = (null, document);
            call.Parts.Waiting.Remove(waiting);
            taking?.Tell(isReady: false);
        }

        async ValueTask BeTakenAsync(QueueTaking by)
        {
            using var left = by.Dismissed.Register(() => call.Post(new TakerLeft(by)));
            var whisper = by.Whisper with
            {
                More =
                [
                    new("QueueSid", call.Language.Queue(call.Leg.Tenant, queue)),
                    new("QueueTime", Whole(call.Parts.Time.GetUtcNow() - began)),
                    new("DequeingCallSid", call.Language.Call(by.Taker.Tenant, by.Taker.Id)),
                ],
            };
            var step = await new DocumentRun(call, BeforeHeIsTaken).GoAsync(whisper);
            if (step is Step.Failed failed)
                await call.WarnAsync($"url of Queue: {failed.Message} ({DocumentFetch.Shown(failed.Url)})", failed.Url);
            if (step is Step.Stop { IsHangup: true }) await HangUpAsync();
            by.Tell(isReady: true);
            while (true) await call.NextAsync(_ => false);
        }

        ValueTask HangUpAsync() => call.EndAsync("The document that was heard in the queue hung up.");

        async ValueTask LoopAsync(PromptSource sound) =>
            await call.TrySendAsync(new LegCommand.Play { Source = sound, Loops = 0 }, "waitUrl");

        async ValueTask HearAsync()
        {
            while (true)
            {
                var waited = call.Parts.Time.GetUtcNow() - began;
                var (position, size, most) = await PlaceAsync(call);
                List<KeyValuePair<string, string>> more =
                [
                    new("QueueSid", call.Language.Queue(call.Leg.Tenant, queue)), new("QueueTime", Whole(waited)),
                    new("QueuePosition", position.ToString(CultureInfo.InvariantCulture)), new("AvgQueueTime", Whole(average)),
                    new("CurrentQueueSize", size.ToString(CultureInfo.InvariantCulture)),
                ];
                if (call.Language.IsTwiml && most is { } limit)
                    more.Add(new("MaxQueueSize", limit.ToString(CultureInfo.InvariantCulture)));
                var fetched = await call.FetchAsync(url, method, more);
                if (fetched is { Root: null, Problem: null })
                {
                    await LoopAsync(new PromptSource.Url(fetched.Url));
                    return;
                }
                if (fetched.Root is not { } root)
                {
                    await call.WarnAsync($"waitUrl: {fetched.Problem} ({DocumentFetch.Shown(fetched.Url)})", fetched.Url);
                    return;
                }
                call.Base = new(fetched.Url);
                var run = new DocumentRun(call, WhileWaiting);
                long since = call.Parts.Time.GetTimestamp();
                var step = await run.RunAsync(root);
                if (step is Step.Go go) step = await run.GoAsync(go);
                if (step is Step.Failed failed)
                    await call.WarnAsync($"waitUrl: {failed.Message} ({DocumentFetch.Shown(failed.Url)})", failed.Url);
                if (step is Step.Stop { IsHangup: true }) await HangUpAsync();
                // Again from its beginning, unless it was over at once.
                if (step is Step.Failed || call.Parts.Time.GetElapsedTime(since) < Limits.IdleDocument) return;
            }
        }
    }

    /// <summary>Those before him may have gone meanwhile, and others have come behind.</summary>
    private static async ValueTask<(int Position, int Size, int? Most)> PlaceAsync(DocumentCall call)
    {
        var (waiting, most) = await call.Parts.Records.WaitingBesideAsync(call.Leg.Tenant, call.Leg.Id, CancellationToken.None);
        // One who is just being taken out stands first.
        return (waiting.TakeWhile(one => one != call.Leg.Id).Count() + 1, Math.Max(1, waiting.Count), most);
    }

    private static string Word(DequeueReason reason) => reason switch
    {
        DequeueReason.Bridged or DequeueReason.Bridging => "bridged",
        DequeueReason.Timeout => "timeout",
        DequeueReason.Hangup => "hangup",
        _ => "leave",
    };

    private static string Whole(TimeSpan span) => ((long)span.TotalSeconds).ToString(CultureInfo.InvariantCulture);
}
