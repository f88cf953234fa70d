using Ringwright.Edge.Faults;
using Ringwright.Net;
using Ringwright.Switch;
using Ringwright.Testing;

namespace Ringwright.Edge.Net;

/// <summary>What phones were refused beside calls is seen in the log, and no phone floods it.</summary>
public sealed class RefusedRequestsTests
{
    private const int Line = 2142;

    private static readonly Effect.RequestRefused Text =
        new("MESSAGE", "alice1", "+4989113", 403, "40305 The phone's connection has no number.");

    private readonly Lines _log = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly RefusedRequests _refused;

    public RefusedRequestsTests() => _refused = new(_log, _clock);

    private string[] Told => [.. _log.Of(Line)];

    [Fact]
    public void A_phone_has_a_line_a_minute_for_each_reason()
    {
        for (int i = 0; i < 50; i++) _refused.Note(Text with { To = $"+49891{i:00}" });
        _refused.Note(Text with { User = "bob" });
        _refused.Note(new("SUBSCRIBE", "alice1", "recep\ntion", 404, Why: null));
        Assert.Equal(3, Told.Length);
        Assert.Equal("SUBSCRIBE of phone 'alice1' to 'recep?tion' was refused: Not Found (SIP status 404); "
            + "1 such of it since the last such line", Told[^1]);
        _clock.Advance(TimeSpan.FromSeconds(61));
        _refused.Note(Text);
        Assert.Equal("MESSAGE of phone 'alice1' to '****9113' was refused: 40305 The phone's connection has no number. (SIP status 403); "
            + "50 such of it since the last such line", Told[^1]);
    }
}
