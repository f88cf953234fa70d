using Ringwright.Bench.Driving;

namespace Ringwright.Bench.Workloads;

/// <summary>A figure of calls that did not work is no figure: what was wrong with a run, in sentences.</summary>
internal static class Correctness
{
    private const int FramesPerSecond = 50;

    /// <summary>
    /// Frames at the beginning and the end of a call that may meet nobody:
    /// the bridge is made, the far address is learnt, the other end is gone.
    /// </summary>
    private const int FramesAtTheEdges = 50;

    /// <summary>In one stretch of so many a packet may have come too late for the jitter buffer: something was made up for it.</summary>
    private const int WrongTonesOf = 100;

    public static IReadOnlyList<string> Faults(CallPlan plan, CallReport report)
    {
        var faults = new List<string>();
        if (report.Completed != plan.Calls) faults.Add($"{report.Completed} of {plan.Calls} calls were completed");
        foreach (var (reason, count) in report.Failures) faults.Add($"{count} failed: {reason}");
        foreach (string type in plan.Webhooks)
        {
            int came = report.Webhooks.GetValueOrDefault(type);
            if (came != plan.Calls) faults.Add($"{came} webhooks {type} came for {plan.Calls} calls");
        }
        if (report.UnsignedWebhooks > 0) faults.Add($"{report.UnsignedWebhooks} webhooks were not signed");
        if (report.FailedRequests > 0) faults.Add($"{report.FailedRequests} requests to the API failed");

        var audio = report.Audio;
        if (audio.Lost != 0 && (plan.CallerTalks || plan.CalleeTalks)) faults.Add($"{audio.Lost} RTP packets were lost");
        if (plan.Habit is ApplicationHabit.Plays)
        {
            int frames = plan.PromptMilliseconds * FramesPerSecond / 1_000;
            if (audio.LeastLoud < frames - frames / 50 - 1) faults.Add($"a caller heard {audio.LeastLoud} of the prompt's {frames} frames");
        }
        if (plan.Habit is ApplicationHabit.Confers)
        {
            // Who comes last hears those who came first until they go.
            double together = plan.HoldMilliseconds / 1_000.0 - plan.Calls / plan.PerSecond;
            int frames = (int)(together * FramesPerSecond) - FramesAtTheEdges;
            if (audio.LeastLoud < frames) faults.Add($"a participant heard {audio.LeastLoud} frames of at least {frames}");
        }
        if (plan.Habit is ApplicationHabit.Streams)
        {
            // The stream begins with a webhook, a command and a handshake.
            int frames = plan.HoldMilliseconds * FramesPerSecond / 1_000 - 2 * FramesAtTheEdges;
            if (audio.LeastLoud < frames) faults.Add($"a caller heard {audio.LeastLoud} frames of at least {frames} of his own");
            // Decoded, and put into other packets: two buffers are passed that hold some frames and no more, and a machine that stands
            // still for a moment loses what comes at once behind it.
            if (audio.LostOnTheWay > audio.Received / WrongTonesOf)
                faults.Add($"{audio.LostOnTheWay} of {audio.Received} frames were lost between a caller and himself");
        }
        // An answer is more than a second of a tone, and the last one may be cut off.
        if (audio.LeastLoud < plan.Turns * FramesPerSecond / 4)
            faults.Add($"a caller heard {audio.LeastLoud} frames in {plan.Turns} turns");
        if (audio.Forged > 0) faults.Add($"{audio.Forged} SRTP packets were not made with the agreed key");
        if (plan is { CallerTalks: true, CalleeTalks: true, IsTranscoded: true })
        {
            if (audio.MostMissing > FramesAtTheEdges) faults.Add($"{audio.MostMissing} frames of one side never came to the other");
            if (audio.WrongTones > audio.Tones / WrongTonesOf)
                faults.Add($"the other's tone was wrong in {audio.WrongTones} of {audio.Tones} stretches");
            if (audio.Tones < 2 * plan.Calls) faults.Add($"only {audio.Tones} stretches of tone were heard by {2 * plan.Calls} ends");
        }
        else if (plan is { CallerTalks: true, CalleeTalks: true })
        {
            if (audio.LostOnTheWay != 0) faults.Add($"{audio.LostOnTheWay} frames were lost between caller and callee");
            if (audio.MostMissing > FramesAtTheEdges) faults.Add($"{audio.MostMissing} frames of one side never came to the other");
            if (audio.LeastLoud == 0) faults.Add("one side heard nothing");
        }
        return faults;
    }
}
