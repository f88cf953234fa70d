using Ringwright.Calls;
using Ringwright.Switch.Routing;

namespace Ringwright.Pure.Switch;

public sealed class FailureClassTests
{
    [Theory]
    [InlineData(486, HangupCause.CalleeBusy, false)]
    [InlineData(600, HangupCause.CalleeBusy, false)]
    [InlineData(403, HangupCause.CalleeDeclined, false)]
    [InlineData(603, HangupCause.CalleeDeclined, false)]
    [InlineData(607, HangupCause.CalleeDeclined, false)]
    [InlineData(401, HangupCause.CalleeDeclined, false)]
    [InlineData(407, HangupCause.CalleeDeclined, false)]
    [InlineData(404, HangupCause.NotFound, false)]
    [InlineData(410, HangupCause.NotFound, false)]
    [InlineData(484, HangupCause.NotFound, false)]
    [InlineData(604, HangupCause.NotFound, false)]
    [InlineData(408, HangupCause.RemoteTimeout, false)]
    [InlineData(480, HangupCause.RemoteTimeout, false)]
    [InlineData(488, HangupCause.MediaMismatch, false)]
    [InlineData(606, HangupCause.MediaMismatch, false)]
    [InlineData(503, HangupCause.RemoteFailure, true)]
    [InlineData(500, HangupCause.RemoteFailure, true)]
    [InlineData(420, HangupCause.RemoteFailure, false)]
    [InlineData(302, HangupCause.RemoteFailure, false)]
    [InlineData(699, HangupCause.RemoteFailure, false)]
    public void A_status_has_one_cause_and_says_whether_the_next_trunk_is_tried(int status, HangupCause cause, bool next)
    {
        var failure = FailureClass.OfStatus(status);
        Assert.Equal((cause, status, next), (failure.Cause, failure.SipStatus, failure.TriesNextTarget));
    }

    [Fact]
    public void Transport_errors_and_silence_try_the_next_trunk()
    {
        Assert.Equal((HangupCause.TransportFailure, null, true),
            (FailureClass.OfTransport("x").Cause, FailureClass.OfTransport("x").SipStatus, FailureClass.OfTransport("x").TriesNextTarget));
        Assert.Equal((HangupCause.RemoteTimeout, 408, true),
            (FailureClass.OfSilence().Cause, FailureClass.OfSilence().SipStatus, FailureClass.OfSilence().TriesNextTarget));
    }
}
