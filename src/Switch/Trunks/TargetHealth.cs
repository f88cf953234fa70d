using System.Net;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch.Trunks;

/// <summary>What an OPTIONS came to.</summary>
/// <param name="Status">Of the final answer; null when none came.</param>
/// <param name="Trouble">Why not, as part of a sentence.</param>
internal readonly record struct ProbeOutcome(Instant At, int? Status, string? Trouble);

/// <summary>
/// What calls and probes have shown of one address of a trunk (ADR 89). When a call fails there, calls pass it over for a while that grows
/// with each further failure, and is short again only after a stretch of good time. When the while is over one call tries it; the others
/// wait for what that one learns.
/// </summary>
/// <param name="Remote">Null stands for the trunk's name, when that leads nowhere.</param>
internal sealed record TargetHealth(IPEndPoint? Remote, SipTransport? Transport)
{
    private static readonly TimeSpan HearingGrain = TimeSpan.FromSeconds(10);

    /// <summary>How often it has failed since the last stretch of good time.</summary>
    private int Failures { get; init; }
    private Instant Heard { get; init; }
    private Instant Since { get; init; }
    private Instant Until { get; init; }
    /// <summary>No answer to a probe ends the while before this.</summary>
    private Instant Firm { get; init; }
    private Instant Trial { get; init; }
    private Instant Recovered { get; init; }
    private bool AsksForTime { get; init; }
    /// <summary>It failed by saying nothing: whatever it says after that is news, of any call.</summary>
    private bool IsSilent { get; init; }
    /// <summary>When the last call was sent there that got another answer than 503; the beginning of time for none.</summary>
    private Instant Took { get; init; }
    /// <summary>The number that was answered with a 503 that nothing bore out yet, and when.</summary>
    private (string Number, Instant At)? Doubt { get; init; }
    /// <summary>It has answered a probe, so that silence says something of one at which calls fail.</summary>
    private bool AnswersProbes { get; init; }
    private ProbeOutcome? Probe { get; init; }

    /// <summary>How its last call failed, as a sentence; null while it is well.</summary>
    public string? Why { get; private init; }

    public bool IsIll => Why is not null;

    private bool IsDoubted => Doubt is { } doubt && Took < doubt.At;

    /// <summary>When a call may try it next; the beginning of time for one that is well.</summary>
    public Instant NextTry => Instant.Max(Until, Trial);

    /// <summary>The one call that shall find out whether it is back; null when it is not the time.</summary>
    public TargetHealth? BeginTrial(Instant now) => NextTry > now ? null : this with { Trial = now + Limits.PassingOverTrial };

    /// <summary>A call says something final, or rings; null when that is no news.</summary>
    /// <param name="sent">When the call was sent there: one that was under way before it answered 503 proves nothing.</param>
    public TargetHealth? Hear(Instant sent, Instant now) => IsIll && (IsSilent || sent > Since) ? Recover(now) with { Took = sent }
        : now - Heard >= HearingGrain || sent - Took >= HearingGrain || Doubt?.At <= sent && IsDoubted
            ? this with { Heard = now, Took = Instant.Max(Took, sent) }
            : null;

    /// <summary>A call has failed there in a way that says that others will.</summary>
    /// <param name="retryAfter">What its 503 said.</param>
    /// <param name="answered">
    /// The number for which it answered 503 and did not say for how long: perhaps only that one is meant. It counts when another number got
    /// the same before, and no call another answer since then or of late. Null for a failure that counts by itself.
    /// </param>
    /// <param name="isAnswer">It has said so itself.</param>
    /// <param name="sent">When the call was sent there.</param>
    /// <returns>Null when that was known, or is of a time before it recovered.</returns>
    public TargetHealth? Fail(string why, TimeSpan? retryAfter, string? answered, bool isAnswer, Instant sent, Instant now)
    {
        if (sent < Recovered) return null;
        if (answered is not null && !IsIll)
        {
            if (Took != default && now - Took < Limits.TrunkTookCalls || IsDoubted && Doubt?.Number == answered) return null;
            if (!IsDoubted) return this with { Doubt = (answered, now) };
        }
        if (retryAfter > Limits.LongestPassingOver) retryAfter = Limits.LongestPassingOver;
        // One more of those that were under way, or the last route that was left.
        if (Until > now)
            return retryAfter is { } more && now + more > Until
                ? this with { Until = now + more, Firm = now + more, AsksForTime = true }
                : null;

        int failures = !IsIll && now - Recovered >= Limits.GoodTrunkTime ? 0 : Failures;
        var time = TimeSpan.FromTicks(
            Math.Min(Limits.FirstPassingOver.Ticks << Math.Min(failures, Limits.PassingOverDoublings), Limits.LongestPassingOver.Ticks));
        // What a carrier says of itself holds the first time; when it was not true, the longer of both.
        if (retryAfter is { } said && (failures == 0 || said > time))
            time = said > Limits.ShortestPassingOver ? said : Limits.ShortestPassingOver;
        // A probe has noticed before the call did.
        var spared = AnswersProbes && Probe is { Status: null } silent ? silent.At + Limits.ProbedSilence : default;
        return this with
        {
            Failures = failures + 1,
            Since = now,
            Until = Instant.Max(now + time, spared),
            // Who answers OPTIONS and no INVITE is not let back by the next OPTIONS each time.
            Firm = retryAfter is not null ? now + time : failures == 0 ? now : now + time / 2,
            Trial = default,
            AsksForTime = retryAfter is not null,
            IsSilent = !isAnswer,
            Doubt = null,
            Why = why,
        };
    }

    /// <summary>
    /// What an OPTIONS came to. Any answer is life. Silence alone says nothing about calls; but where calls fail, and probes were answered
    /// before, it spares the next call to find out, for so long as a failure counts at most.
    /// </summary>
    public TargetHealth Note(ProbeOutcome outcome)
    {
        var noted = this with { Probe = outcome };
        if (outcome.Status is { } status)
        {
            noted = noted with { Heard = outcome.At, AnswersProbes = true };
            return IsIll && outcome.At >= Firm && !(status is 503 && AsksForTime) ? noted.Recover(outcome.At) : noted;
        }
        var spared = Instant.Min(outcome.At + Limits.ProbedSilence, Since + Limits.LongestPassingOver);
        return IsIll && AnswersProbes && spared > Until ? noted with { Until = spared } : noted;
    }

    public TrunkTargetStatus Describe(WallAnchor anchor, Instant now) => new(Remote, Transport, StateAt(now),
        IsIll ? anchor.ToWall(Since) : Heard == default ? null : anchor.ToWall(Heard))
    {
        Why = Why,
        Until = IsIll ? anchor.ToWall(Until) : null,
        ProbedAt = Probe is { } last ? anchor.ToWall(last.At) : null,
        ProbeStatus = Probe?.Status,
        ProbeTrouble = Probe?.Trouble,
    };

    private TrunkTargetState StateAt(Instant now) => IsIll ? NextTry > now ? TrunkTargetState.PassedOver : TrunkTargetState.OnTrial
        : Heard == default ? TrunkTargetState.Unknown
        : TrunkTargetState.Up;

    private TargetHealth Recover(Instant now) =>
        this with { Until = default, Firm = default, Trial = default, Recovered = now, Heard = now, Why = null };
}
