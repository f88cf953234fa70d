using Ringwright.Calls;
using Ringwright.Edge.Store;
using Ringwright.Texml.Languages;
using Ringwright.Texml.Verbs;

namespace Ringwright.Edge.Texml;

/// <summary>What the action of a Dial hears of the SIP URI that was dialled.</summary>
public sealed class DialResultTests(DocumentRig rig) : IClassFixture<DocumentRig>
{
    private static CallEvent.LegEnded Ended(string to, HangupCause cause, int? status, bool isAnswered)
    {
        var script = new Script(new(Guid.NewGuid()));
        script.Facts = script.Facts with { To = to, AnsweredAt = isAnswered ? Script.At(2) : null };
        return (CallEvent.LegEnded)script.Ended(5, cause) with { SipStatus = status };
    }

    [Theory]
    [InlineData(TwimlLanguage.Target, "sip:eve@example.com", "486"), InlineData(TwimlLanguage.Target, "+15550100009", null)]
    [InlineData("", "sip:eve@example.com", null)]
    public async Task Who_was_not_reached_by_SIP_is_told_with_the_answer_to_the_INVITE(string target, string to, string? told)
    {
        var scripted = new ScriptedCall { Application = new(ApplicationKind.Document, target) };
        var call = rig.Open(scripted);
        var fields = DialResult.Of([Ended(to, HangupCause.CalleeBusy, 486, isAnswered: false)], joined: null).Fields(call);
        Assert.Equal(told, Find("DialSipResponseCode"));
        Assert.Equal("busy", Find("DialCallStatus"));
        scripted.End();
        await call.UntilEndAsync();

        string? Find(string name) => fields.Where(field => field.Key == name).Select(field => field.Value).FirstOrDefault();
    }

    [Theory]
    [InlineData(false, "busy"), InlineData(true, "completed")]
    public async Task The_INVITE_and_the_headers_of_its_answer_are_told(bool isAnswered, string status)
    {
        var cause = isAnswered ? HangupCause.RemoteHangup : HangupCause.CalleeBusy;
        var ended = Ended("sip:eve@example.com", cause, isAnswered ? null : 486, isAnswered) with
        {
            Answer = new("a84b@10.0.0.7", [new("X-Desk", "7"), new("x-desk", "8")])
        };
        var scripted = new ScriptedCall { Application = new(ApplicationKind.Document, TwimlLanguage.Target) };
        var call = rig.Open(scripted);
        var fields = DialResult.Of([ended], isAnswered ? ended.Leg.Id : null).Fields(call).ToDictionary();
        Assert.Equal((status, "a84b@10.0.0.7", "7"), (fields["DialCallStatus"], fields["DialSipCallId"], fields["DialSipHeader_X-Desk"]));
        Assert.Equal(isAnswered ? "200" : "486", fields["DialSipResponseCode"]);
        scripted.End();
        await call.UntilEndAsync();
    }

    /// <summary>Also where nobody rang, or nothing is known any more of who did.</summary>
    [Theory, InlineData(TwimlLanguage.Target, "false", "true"), InlineData("", null, null)]
    public async Task Whether_the_two_have_talked_is_told_whatever_came_of_it(string target, string? ofNobody, string? ofSomebody)
    {
        var scripted = new ScriptedCall { Application = new(ApplicationKind.Document, target) };
        var call = rig.Open(scripted);
        var forgotten = DialResult.WithoutCaller(end: null, [], scripted.Leg.Id, other: null);
        Assert.Equal((ofNobody, ofSomebody), (Bridged(DialResult.Failed), Bridged(forgotten)));
        scripted.End();
        await call.UntilEndAsync();

        string? Bridged(DialResult result) => result.Fields(call).ToDictionary().GetValueOrDefault("DialBridged");
    }

    [Fact]
    public void Where_the_caller_hangs_up_first_what_was_answered_is_told_too()
    {
        var other = Ended("sip:eve@example.com", HangupCause.RemoteHangup, status: null, isAnswered: true).Leg;
        var result = DialResult.WithoutCaller(end: null, [], other.Id, other, new("a84b@10.0.0.7", []));
        Assert.Equal(("completed", "a84b@10.0.0.7"), (result.Status, result.Answer?.CallId));
    }

    [Fact]
    public void Who_was_talked_to_had_answered_the_INVITE()
    {
        var ended = Ended("sip:eve@example.com", HangupCause.RemoteHangup, status: null, isAnswered: true);
        var result = DialResult.Of([ended], ended.Leg.Id);
        Assert.Equal(("completed", 200), (result.Status, result.SipStatus ?? 0));
    }
}
