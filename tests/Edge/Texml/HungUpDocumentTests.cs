using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Edge.Store;
using Ringwright.Texml.Run;

namespace Ringwright.Edge.Texml;

/// <summary>Who hangs up in a verb: nothing behind it is carried out or asked for, however late the call's end is told.</summary>
public sealed class HungUpDocumentTests(DocumentRig rig) : IClassFixture<DocumentRig>
{
    [Theory]
    [InlineData("<Gather action=\"/chosen\"/>")]
    [InlineData("<Gather action=\"/chosen\"><Say>Press a key.</Say></Gather>")]
    [InlineData("<Say>Good morning.</Say>")]
    [InlineData("<Play>http://127.0.0.1:9/hello.wav</Play>")]
    public async Task Nothing_is_done_behind_the_verb_that_was_hung_up_on(string verb)
    {
        var call = await rig.RunAsync($"<Response>{verb}<Redirect>/behind</Redirect></Response>", hangsUp: true);
        var steps = call.Commands.OfType<LegCommand.Note>().Where(note => note.Kind is NoteKind.Step).Select(note => note.Text);
        Assert.StartsWith($"<{verb[1..].Split(' ', '>')[0]}>", Assert.Single(steps), StringComparison.Ordinal);
        Assert.Empty(call.Warnings);
    }

    [Theory]
    [InlineData("<Gather action=\"/chosen\"/>", typeof(LegCommand.Gather))]
    [InlineData("<Say>Good morning.</Say>", typeof(LegCommand.Speak))]
    public async Task Nothing_is_done_behind_a_verb_that_came_too_late(string verb, Type command)
    {
        var call = new ScriptedCall { EndsBefore = command };
        Assert.Null(await rig.RunAsync($"<Response>{verb}<Redirect>/behind</Redirect></Response>", call));
        Assert.Single(call.Commands.OfType<LegCommand.Note>());
    }

    /// <summary>Either end may be told first. The action is told that the call is over then, and asked for nothing.</summary>
    [Theory, InlineData(HangupCause.PartnerHangup, true), InlineData(HangupCause.CalleeBusy, false)]
    public async Task A_Dial_goes_nowhere_where_the_other_one_was_let_go_because_the_caller_had_hung_up(HangupCause cause, bool isOver)
    {
        ScriptedCall? call = null;
        call = new() { Dialling = Dialling };
        var step = await rig.RunAsync("<Response><Dial action=\"/done\"><Number>+15550100008</Number></Dial></Response>", call);
        Assert.Equal(isOver, step is null);

        Dialled Dialling(DialRequest request)
        {
            var script = new Script(request.Tenant, counter: 2);
            script.Facts = script.Facts with { To = request.To, Application = request.Application };
            var dialled = rig.Dialled.Find(request.Application.Target)!;        // the Dial has named it so
            dialled.Tell(new DialledNews.Over((CallEvent.LegEnded)script.Ended(5, cause)));
            call!.End();         // it is being run
            return Dialled.Accepted(script.Facts);
        }
    }

    [Theory, InlineData(RecordEndReason.Hangup, true), InlineData(RecordEndReason.Silence, false)]
    public async Task The_action_of_a_Record_hears_what_was_said_before_the_caller_hung_up(RecordEndReason reason, bool isTold)
    {
        var call = await rig.RunAsync("<Response><Record action=\"/left\" method=\"GET\"/></Response>");
        var saved = new CallEvent.RecordingSaved
        {
            Leg = call.Leg, At = Script.At(9), Plan = Assert.Single(call.Commands.OfType<LegCommand.RecordStart>()).Plan, Reason = reason,
            StartedAt = Script.At(3), EndedAt = Script.At(8), Length = TimeSpan.FromSeconds(5), Bytes = 1, Blob = "",
        };
        var told = rig.Projector.Project(saved, Script.Anchor.Wall, Script.Anchor.Wall);
        if (!isTold)
        {
            Assert.Empty(told);
            return;
        }
        var message = Assert.Single(told);
        Assert.Equal(("http://127.0.0.1:9/left", "GET"), (message.Url, message.Method));
        var fields = JsonNode.Parse(message.Body)!;
        Assert.Equal(("hangup", "5", "completed"),
            ((string?)fields["Digits"], (string?)fields["RecordingDuration"], (string?)fields["CallStatus"]));
    }
}
