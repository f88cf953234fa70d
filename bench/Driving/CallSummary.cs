using Ringwright.Bench.Application;

namespace Ringwright.Bench.Driving;

/// <summary>Makes the report of a run that is over.</summary>
internal static class CallSummary
{
    private const int SipPorts = 1;

    public static CallReport Of(CallPlan plan, Phones phones, IReadOnlyList<PhoneCall> calls, int begunEnds, long nanos,
        IReadOnlyList<double> dialMs, IReadOnlyList<double> hangupMs, CustomerApplication application, long driverNanos)
    {
        double seconds = nanos / 1e9;
        var failures = calls.Where(c => c.State is CallState.Failed).GroupBy(c => c.Failure).ToDictionary(g => g.Key, g => g.Count());
        if (calls.Count < begunEnds) failures["never reached the other end"] = begunEnds - calls.Count;
        int ends = begunEnds / Math.Max(1, plan.Calls);
        var good = calls.Where(c => c.State is CallState.Over && c.AnsweredAt > 0).GroupBy(c => c.Index).Count(g => g.Count() == ends);
        AudioLeg[] legs = [.. phones.CallerAudio.All, .. phones.CalleeAudio.All];
        return new()
        {
            Calls = plan.Calls,
            Completed = good,
            Failures = failures,
            Seconds = seconds,
            // A bridged call is one call, however many ends of it are ours: the caller's where there is one.
            CallSeconds =
                calls.Where(c => c.AnsweredAt > 0 && c.IsCaller == plan.Start is CallStart.BySip).Sum(c => c.EndedAt - c.AnsweredAt) / 1e9,
            Repeats = phones.Callers.Repeats + phones.Callees.Repeats,
            Signalling = Sum(SipPorts, [phones.Callers.Traffic, phones.Callees.Traffic], seconds),
            Media = Sum(phones.CallerAudio.MostTaken + phones.CalleeAudio.MostTaken, legs.Select(l => l.Traffic), seconds),
            SetupMs = Spread.Of(calls.Where(c => c.IsCaller && c.AnsweredAt > 0).Select(c => (c.AnsweredAt - c.BeganAt) / 1e6)),
            DialMs = Spread.Of(dialMs),
            HangupMs = Spread.Of(hangupMs),
            Audio = Audio(plan, calls, legs),
            Webhooks = application.Counts,
            UnsignedWebhooks = application.Unsigned,
            RepeatedWebhooks = application.Repeated,
            WebhookConnections = application.Connections,
            FailedRequests = application.FailedRequests,
            Questions = application.QuestionMs.Count,
            QuestionMs = Spread.Of(application.QuestionMs),
            DriverShare = driverNanos / (double)nanos,
            SendLateMs = Spread.Of(legs.Where(l => l.Traffic.Sent > 0).Select(l => l.LatestSending / 1e6)),
        };
    }

    private static Moved Sum(int ports, IEnumerable<TrafficCount> counts, double seconds)
    {
        var all = counts.ToList();
        return new(ports, all.Sum(c => c.Sent), all.Sum(c => c.SentBytes), all.Sum(c => c.Received),
            all.Sum(c => c.ReceivedBytes), seconds);
    }

    private static AudioReport Audio(CallPlan plan, IReadOnlyList<PhoneCall> calls, AudioLeg[] legs)
    {
        long missing = 0;
        foreach (var pair in calls.Where(c => c.Audio is not null).GroupBy(c => c.Index))
        {
            if (pair.ToList() is not [{ Audio: { } one }, { Audio: { } other }]) continue;
            missing = Math.Max(missing, Math.Max(one.Traffic.Sent - other.Heard.Packets, other.Traffic.Sent - one.Heard.Packets));
        }
        var heard = legs.Where(l => l.Heard.Packets > 0).ToList();
        var tones = plan.IsTranscoded ? heard.ConvertAll(l => l.Tones) : [];
        return new()
        {
            Sent = legs.Sum(l => l.Traffic.Sent),
            Received = legs.Sum(l => l.Heard.Packets),
            Lost = heard.Sum(l => l.Heard.Lost),
            LostOnTheWay = heard.Sum(l => l.Heard.LostOnTheWay),
            LeastLoud = calls.Where(c => c.Audio is not null).Select(c => c.Audio!.Heard.Loud).DefaultIfEmpty().Min(),   // filtered above
            MostMissing = missing,
            LongestGapMs = heard.Select(l => l.Heard.LongestGap).DefaultIfEmpty().Max() / 1e6,
            GapMs = Spread.Of(heard.Select(l => l.Heard.LongestGap / 1e6)),
            Tones = tones.Sum(t => t.All),
            WrongTones = tones.Sum(t => t.Wrong),
            Forged = legs.Sum(l => l.Forged),
            JitterMs = Spread.Of(heard.Select(l => l.Heard.Jitter / 1e6)),
            TransitMs = Spread.Of(heard.SelectMany(l => l.Heard.TransitMs)),
        };
    }
}
