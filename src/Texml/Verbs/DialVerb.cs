using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Telnyx.Texml;
using Ringwright.Texml.Documents;
using Ringwright.Texml.Languages;
using Ringwright.Texml.Run;

namespace Ringwright.Texml.Verbs;

/// <summary>Joins the caller to somebody else: numbers and SIP URIs that ring, a conference, or whoever waits in a queue.</summary>
internal static class DialVerb
{
    public static async ValueTask<Step> RunAsync(DocumentCall call, TexmlElement element, VerbValues values)
    {
        if (element.Children.FirstOrDefault(child => child.Name is "Conference") is { } conference)
        {
            await WarnOfIdleAsync(call, element, conference, "action", "method", "hangupOnStar", "timeLimit");
            return await ConferenceNoun.RunAsync(call, conference, values);
        }
        if (element.Children.FirstOrDefault(child => child.Name is "Queue") is { } queue)
        {
            await WarnOfIdleAsync(call, element, queue, "action", "method", "timeout", "hangupOnStar", "timeLimit");
            return await QueueNoun.RunAsync(call, queue, values);
        }
        var targets = await DialTargets.ReadAsync(call, element);
        if (targets.Count == 0) return await Actions.GoAsync(call, values, DialResult.Failed.Fields(call), usesDocument: false);
        if (!values.Flag("answerOnBridge")) await call.AnswerAsync();
        var plan = RecordingOf(values, call.Language);
        DialResult result;
        if (values.Flag("sequential")) (result, plan) = await InTurnAsync(call, values, targets, plan);
        else result = await RunAsync(call, values, targets, plan);
        if (result is { IsCallOver: false, Referred: { } referred }) return await GoOnAsync(call, referred);
        var fields = result.Fields(call);
        var recordedLeg = !call.Language.RecordsCaller ? result.Leg : result.IsCallerRecorded ? call.Leg : null;
        if (plan is not null && RecordingLabels.TellsUrl(call, values) && result.Status is "completed" && recordedLeg is { } recorded)
            fields = [.. fields, new("RecordingSid", call.Language.Recording(plan.Id)),
                new("RecordingUrl", RecordingFields.Url(recorded, plan.Id, plan.Format, call.Language))];
        if (!result.IsCallOver) return await Actions.GoAsync(call, values, fields, usesDocument: false, outlivesCall: true);
        await Actions.TellAsync(call, values, fields);
        throw new CallOverException();
    }

    /// <summary>What answered referUrl takes the place of this document, action and all.</summary>
    private static ValueTask<Step> GoOnAsync(DocumentCall call, Fetched referred)
    {
        call.Base = new(referred.Url);
        return new DocumentRun(call).RunAsync(referred.Root!);      // a document, or the two would talk on
    }

    /// <summary>
    /// The next event of that kind in the time that a Dial of a room or a queue gives, where it gives one: of whoever is dialled the call
    /// itself has the limit.
    /// </summary>
    /// <returns>Null when that is over.</returns>
    public static async ValueTask<object?> NextInTimeAsync(DocumentCall call, VerbValues dial, Func<object, bool> which) =>
        dial.Has("timeLimit") && dial.Seconds("timeLimit") is { } limit ? await call.NextWithinAsync(limit, which)
            : await call.NextAsync(which, CancellationToken.None);

    /// <summary>What is said of somebody who rings says nothing of a room or a queue.</summary>
    private static async ValueTask WarnOfIdleAsync(DocumentCall call, TexmlElement dial, TexmlElement noun, params string[] acting)
    {
        foreach (var attribute in dial.Attributes.Where(attribute => !acting.Contains(attribute.Name)))
            await call.WarnAsync($"{attribute.Name} does nothing beside {noun.Name} ({attribute.At})");
        foreach (var other in dial.Children.Where(child => child != noun && child.Name is "Number" or "Sip" or "Conference" or "Queue"))
            if (other != noun) await call.WarnAsync($"{other.Name} does nothing beside {noun.Name} ({other.At})");
    }

    /// <summary>One after the other, until the caller has talked to somebody.</summary>
    /// <returns>What came of the last, and the recording that was asked for then.</returns>
    private static async ValueTask<(DialResult, RecordPlan?)> InTurnAsync(DocumentCall call, VerbValues values,
        IReadOnlyList<DialCallee> targets, RecordPlan? plan)
    {
        var result = DialResult.Failed;
        foreach (var target in targets)
        {
            // One who answered, and did not take the call, may have been recorded.
            if (plan is not null) plan = plan with { Id = Guid.CreateVersion7() };
            result = await RunAsync(call, values, [target], plan);
            if (result.IsCallOver || result.Status is "completed") break;
        }
        return (result, plan);
    }

    private static async ValueTask<DialResult> RunAsync(DocumentCall call, VerbValues values, IReadOnlyList<DialCallee> targets,
        RecordPlan? plan)
    {
        var dialled = new List<DialledCall>();
        DialRecording? own = null;
        call.TakesDigits = values.Flag("hangupOnStar");
        try
        {
            if (plan is not null)
            {
                bool tellsUrl = RecordingLabels.TellsUrl(call, values);
                plan = plan with { Labels = await RecordingLabels.OfAsync(call, values, "DialVerb", tellsUrl) };
                if (call.Language.RecordsCaller) (own, plan) = (new(plan), null);
            }
            var placed = await call.DialAsync(await RequestAsync(call, values, targets, dialled, plan));
            if (placed is { Ack.IsAccepted: true, Leg: { } first })
            {
                foreach (var (to, why) in placed.LeftOut)
                    await call.WarnAsync($"{to} is not rung: {why.Detail ?? why.Ack.Refusal.ToString()}");
                int ringing = targets.Count - placed.LeftOut.Count;
                bool plays = await PlayAsync(call, values);
                var result = await FollowAsync(call, values, dialled, first, ringing, plays, own);
                if (own is not null) await own.EndAsync(call);
                if (plays && result is { IsCallOver: false, Status: not "completed" })
                    await call.SendAsync(new LegCommand.StopPlayback(StopWhat.All));
                return result with { IsCallerRecorded = own is { HasBegun: true } };
            }
            await call.WarnAsync($"Dial was refused: {placed.Detail ?? placed.Ack.Refusal.ToString()}");
            return DialResult.Failed;
        }
        catch (CallOverException)
        {
            // He has hung up before anybody rang, or between two who are rung one after the other.
            return DialResult.WithoutCaller(await call.UntilEndAsync(), [], joined: null, other: null);
        }
        catch (ReplacedException)
        {
            if (own is not null) await own.EndAsync(call);
            throw;
        }
        finally
        {
            call.TakesDigits = false;
            foreach (var one in dialled)
            {
                one.HangUp();
                call.Parts.Dialled.Remove(one);
            }
        }
    }

    /// <summary>The caller hears a sound of the document's in place of a ring tone.</summary>
    private static async ValueTask<bool> PlayAsync(DocumentCall call, VerbValues values)
    {
        if (values.Filled("audioUrl") is not { } said || await Actions.ResolveAsync(call, said, "audioUrl", TargetUse.Media) is not { } url)
            return false;
        if (call.IsAnswered)
            return await call.TrySendAsync(new LegCommand.Play { Source = new PromptSource.Url(url), Loops = 0 }, "audioUrl");
        await call.WarnAsync("audioUrl is not heard: the caller is not answered before the other one is");
        return false;
    }

    /// <summary>One for all that ring alike; where they differ, each by its own attributes.</summary>
    /// <param name="dialled">Gets what the legs report to.</param>
    private static async ValueTask<DialRequest> RequestAsync(DocumentCall call, VerbValues values, IReadOnlyList<DialCallee> targets,
        List<DialledCall> dialled, RecordPlan? plan)
    {
        var first = await RequestAsync(call, values, targets[0], dialled, plan);
        var request = first with { LeavesOutRefused = true };
        if (targets.All(targets[0].IsAlike)) return request with { AlsoTo = [.. targets.Skip(1).Select(target => target.To)] };
        var also = new List<DialRequest>();
        foreach (var target in targets.Skip(1)) also.Add(await RequestAsync(call, values, target, dialled, plan));
        return request with { Also = also };
    }

    private static async ValueTask<DialRequest> RequestAsync(DocumentCall call, VerbValues values, DialCallee target,
        List<DialledCall> dialled, RecordPlan? plan)
    {
        var (leg, own) = (call.Leg, target.Values);
        string? whisper = own?.Filled("url") is { } said ? await Actions.ResolveAsync(call, said, "url") : null;
        var mine = call.Parts.Dialled.Add(new(
            whisper is null ? null : new(whisper, own!.Method("method"), []), call.Post, call.Language.IsTwiml));
        dialled.Add(mine);
        var detection = own is null ? null : DetectionOf(own, values, call.Language.IsTwiml);
        string[] atEnd = detection is { Mode: MachineMode.GreetingEnd } ? [TexmlLabels.AtEnd] : [];
        string? status = own is null ? null
            : await Actions.CallbackAsync(call, own, "statusCallback", "statusCallbackMethod",
                [.. own.Words("statusCallbackEvent"), .. atEnd]);
        string? detected = own is null || detection is null ? null
            : await Actions.CallbackAsync(call, own, "amdStatusCallback", "amdStatusCallbackMethod", ["amd", .. atEnd]);
        string? shown = values.Filled("callerId"), client = shown is null ? null : DialTargets.ClientIn(shown);
        return new()
        {
            Tenant = leg.Tenant,
            Connection = leg.Connection,
            To = target.To,
            From = shown is null || client is not null ? leg.From : DialTargets.CallerOf(call, shown),
            BroughtCaller = leg.BroughtCaller,
            CallerName = values.Filled("fromDisplayName") ?? client,
            AsksOfReferrals = call.Language.IsTwiml && values.Filled("referUrl") is not null,
            RingTimeout = values.Seconds("timeout")!.Value,     // has a default, as the next
            TimeLimit = values.Seconds("timeLimit")!.Value,
            Session = leg.Session,
            Application = new(ApplicationKind.Document, mine.Target),
            AuthUser = own?.Has("username") is true ? own.Filled("username") : null,
            AuthPassword = own?.Has("password") is true ? own.Filled("password") : null,
            Headers = [.. target.Headers, .. Diverted(leg, values)],
            DigitsOnAnswer = own?.Filled("sendDigits"),
            MachineDetection = detection,
            Record = plan,
            Labels = Labels.Of((TexmlLabels.Status, status), (TexmlLabels.Detection, detected),
                (TexmlLabels.Parent, call.Language.Call(leg.Tenant, leg.Id))),
            Link = new(leg.Id)
            {
                JoinsOnAnswer = mine.Whisper is null,
                Ringback = values.Filled("audioUrl") is null || !call.IsAnswered ? RingTone.Find(values.Text("ringTone")) : null,
                ParksOther = true,
            },
        };
    }

    /// <summary>Who sent the call on before it came here: the network's word goes on, that of a phone of the account's does not.</summary>
    private static IEnumerable<CustomSipHeader> Diverted(LegFacts leg, VerbValues values) =>
        values.Flag("passDiversionHeader") && leg is { Direction: Direction.Inbound, IsPlacedByCustomer: false }
            ? leg.Headers.Where(header => header.Name.Equals("Diversion", StringComparison.OrdinalIgnoreCase)) : [];

    /// <summary>Until the caller is alone again, or has hung up.</summary>
    /// <param name="first">Of those that ring.</param>
    /// <param name="plays">He hears a sound until he is joined.</param>
    /// <param name="own">Of his leg; null where that is not recorded.</param>
    private static async ValueTask<DialResult> FollowAsync(DocumentCall call, VerbValues values, List<DialledCall> dialled, LegFacts first,
        int count, bool plays, DialRecording? own)
    {
        Fetched? referred = null;
        var over = new List<CallEvent.LegEnded>();
        var there = new List<DialledNews.Ready>();
        // Whom he has talked to first, and to whom he is joined now: that one may have referred him to somebody.
        LegId? joined = null, with = null;
        try
        {
            while (true)
            {
                object happened = await call.NextAsync(e => e is DialledNews news && Of(news.Leg) is not null
                    || e is CallEvent.LegBridged or CallEvent.LegUnbridged or CallEvent.DigitReceived { Digit: '*' });
                if (happened is DialledNews.Ready ready)
                {
                    there.Add(ready);
                    if (Of(ready.Leg)?.Whisper is not null && joined is null)
                        await call.TrySendAsync(new LegCommand.Bridge(ready.Leg.Id) { ParksAfterUnbridge = true }, "Dial");
                }
                else if (happened is CallEvent.LegBridged bridged)
                {
                    with = bridged.Peer;
                    joined ??= with;
                    if (own is not null) await own.BeginAsync(call);
                    if (plays) await call.SendAsync(new LegCommand.StopPlayback(StopWhat.All));
                }
                else if (happened is CallEvent.DigitReceived && joined is not null) dialled.ForEach(one => one.HangUp());
                else if (happened is CallEvent.LegUnbridged parted && parted.Peer == with)
                {
                    // The last that is told of him is on its way, or was told.
                    if (over.TrueForAll(one => one.Leg.Id != joined) && await call.NextWithinAsync(Limits.Joining,
                            e => e is DialledNews news && news.Leg.Id == joined) is DialledNews.Over last) over.Add(last.How);
                    return DialResult.Of(over, joined) with { Referred = referred };
                }
                else if (happened is DialledNews.Refers refers) referred = await AskAsync(call, values, refers);
                // The caller is parted from him next.
                else if (happened is DialledNews.Gone gone && gone.Leg.Id != joined && --count == over.Count)
                    return DialResult.Of(over, joined);
                else if (happened is DialledNews.Over ended)
                {
                    over.Add(ended.How);
                    if (joined is null ? over.Count < count : ended.Leg.Id != joined || with != joined) continue;
                    // It was let go because the caller has left: how he did is on its way.
                    bool hasLeft = ended.How.Cause is HangupCause.PartnerHangup;
                    // Else he is parted from him next, or joined to whom that one has referred him to, who may ring yet.
                    if ((hasLeft || joined is not null) && await call.NextWithinAsync(hasLeft ? Limits.Joining : Limits.Referral,
                            e => e is CallEvent.LegUnbridged or CallEvent.LegBridged) is CallEvent.LegBridged onward)
                    {
                        with = onward.Peer;
                        continue;
                    }
                    return DialResult.Of(over, joined) with { Referred = referred };
                }
            }
        }
        catch (CallOverException)
        {
            var other = there.Find(ready => ready.Leg.Id == joined);
            return DialResult.WithoutCaller(await call.UntilEndAsync(), over, joined, joined is null ? first : other?.Leg, other?.Answer);
        }

        DialledCall? Of(LegFacts leg) => dialled.Find(one => one.Has(leg));
    }

    /// <summary>Null where referUrl leads to no document: then the two go on talking, and whoever referred the caller is told.</summary>
    private static async ValueTask<Fetched?> AskAsync(DocumentCall call, VerbValues values, DialledNews.Refers refers)
    {
        Fetched? document = null;
        try
        {
            if (values.Filled("referUrl") is not { } said || await Actions.ResolveAsync(call, said, "referUrl") is not { } url) return null;
            await call.NoteAsync($"the other party refers the caller to {refers.Target}");
            var fetched = await call.FetchAsync(url, values.Method("referMethod"), [new("ReferTransferTarget", refers.Target)]);
            if (fetched is { Problem: null, Root: not null } && !SoundList.Is(fetched.ContentType)) return document = fetched;
            await call.WarnAsync($"referUrl: {fetched.Problem ?? $"it is {fetched.ContentType}, and no document"}"
                + $" ({DocumentFetch.Shown(fetched.Url)})", fetched.Url);
            return null;
        }
        finally
        {
            refers.Decide(goesOn: document is not null);
        }
    }

    private static RecordPlan? RecordingOf(VerbValues values, Language language)
    {
        string record = values.Text("record");
        // Ringing has no words of the other party: from there and from the answer is the same.
        if (record is "do-not-record" or "false") return null;
        return new()
        {
            Id = Guid.CreateVersion7(),
            Format = language.UsualFormat,
            Track = TrackOf(values.Text("recordingTrack"), language.RecordsCaller),
            IsDual = record.EndsWith("-dual", StringComparison.Ordinal) || values.Text("recordingChannels") is "dual",
            MaximumLength = values.Seconds("recordMaxLength") is { Ticks: > 0 } most ? most : null,
            TrimsSilence = values.Text("trim") is "trim-silence",
        };
    }

    /// <summary>Inbound is what the caller says, whosever leg is recorded: to who was dialled that is what he hears.</summary>
    private static RecordTrack TrackOf(string track, bool isOfCaller) => track switch
    {
        "inbound" => isOfCaller ? RecordTrack.Inbound : RecordTrack.Outbound,
        "outbound" => isOfCaller ? RecordTrack.Outbound : RecordTrack.Inbound,
        _ => RecordTrack.Both,
    };

    /// <param name="dial">Which has the thresholds in TeXML; in TwiML each noun has its own.</param>
    private static MachineDetection? DetectionOf(VerbValues values, VerbValues dial, bool isTwiml)
    {
        if (values.Text("machineDetection") is "Disable") return null;
        var mode = values.Text("detectionMode") is "Premium" ? MachineMode.Classify
            : values.Text("machineDetection") is "DetectMessageEnd" ? MachineMode.GreetingEnd : MachineMode.Detect;
        int timeout = values.Whole("machineDetectionTimeout")!.Value;       // has a default: seconds in the one, milliseconds in the other
        var usual = new MachineDetection(mode)
        {
            TotalAnalysis = isTwiml ? TimeSpan.FromSeconds(timeout) : TimeSpan.FromMilliseconds(timeout),
        };
        return usual with
        {
            GreetingDuration = Millis("machineDetectionSpeechThreshold") ?? usual.GreetingDuration,
            AfterGreetingSilence = Millis("machineDetectionSpeechEndThreshold") ?? usual.AfterGreetingSilence,
            InitialSilence = Millis("machineDetectionSilenceTimeout") ?? usual.InitialSilence,
        };

        TimeSpan? Millis(string name) =>
            (isTwiml ? values : dial).Whole(name) is { } millis ? TimeSpan.FromMilliseconds(millis) : null;
    }
}
