using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Edge.Store;

/// <summary>Writes the events of one leg, second by second on its own clock.</summary>
internal sealed class Script(TenantId tenant, uint counter = 1, Direction direction = Direction.Outbound)
{
    public static readonly WallAnchor Anchor = new(new(0), new(2026, 1, 6, 15, 0, 0, TimeSpan.Zero));

    public LegFacts Facts { get; set; } = new()
    {
        Id = LegId.Compose(1, 0, 1, counter, counter),
        Uuid = TimeUuid.Create(Anchor.Wall, counter),
        Session = new(TimeUuid.Create(Anchor.Wall, counter + 1000)),
        Tenant = tenant,
        Connection = new(77),
        Direction = direction,
        From = "+15550100001",
        To = "+15550001234",
        StartedAt = At(1),
        Labels = Labels.Of(("telnyx.tag", "a")),
        Headers = [new("X-One", "1")],
    };

    public static Instant At(double seconds) => new((long)(seconds * 1e9));

    public CallEvent Initiated(double at = 1, string? commandId = null) =>
        new CallEvent.LegInitiated
        {
            Leg = Facts, At = At(at), CommandId = commandId, OfferedCodecs = ["PCMU"],
            ConnectionCodecs = ["PCMU", "PCMA"], Dialled = Facts.To, Attestation = new(AttestationLevel.B, CallerVerification.NotDone),
        };

    public CallEvent Ringing(double at = 2) => new CallEvent.LegRinging(180) { Leg = Facts, At = At(at) };

    public CallEvent Answered(double at = 3)
    {
        Facts = Facts with { AnsweredAt = At(at) };
        return new CallEvent.LegAnswered { Leg = Facts, At = At(at), Codec = "PCMU", SampleRate = 8000 };
    }

    public CallEvent Digit(char digit, double at = 4) => new CallEvent.DigitReceived(digit, 100) { Leg = Facts, At = At(at) };

    public CallEvent Labelled(Labels labels, double at = 4)
    {
        Facts = Facts with { Labels = labels };
        return new CallEvent.LabelsChanged { Leg = Facts, At = At(at) };
    }

    public CallEvent Ended(double at = 5, HangupCause cause = HangupCause.RemoteHangup) => new CallEvent.LegEnded
    {
        Leg = Facts,
        At = At(at),
        Cause = cause,
        By = HangupParty.Remote,
        SipStatus = 200,
        Evidence = "BYE received.",
        Quality = new() { PacketsReceived = 10, Mos = 4.4 },
    };
}

/// <summary>Makes one message of each event, as a dialect would.</summary>
internal sealed class Projector(string url = "http://127.0.0.1:9/hook") : IProjector
{
    public List<(string Type, DateTimeOffset At, DateTimeOffset StartedAt)> Seen { get; } = [];
    public Func<SubjectEvent, bool> Throws { get; set; } = _ => false;

    public IReadOnlyList<OutboxMessage> Project(SubjectEvent happened, DateTimeOffset at, DateTimeOffset startedAt)
    {
        if (Throws(happened)) throw new InvalidOperationException("a bug of the dialect");
        Seen.Add((happened.GetType().Name, at, startedAt));
        return
        [
            new()
            {
                Id = Guid.NewGuid(),
                Tenant = happened.Tenant,
                OrderKey = happened.Subject.OrderKey,
                Format = "plain",
                EventType = happened.GetType().Name,
                Url = url,
                OccurredAt = at,
                Body = $$"""{"type":"{{happened.GetType().Name}}"}""",
            },
        ];
    }
}
