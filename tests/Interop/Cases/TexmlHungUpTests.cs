namespace Ringwright.Interop.Cases;

/// <summary>Callers who hang up in a verb that has an action: nobody is left to be commanded, and it hears what came of the verb.</summary>
public sealed class TexmlHungUpTests(RunningNode node) : DocumentCase(node)
{
    [Fact]
    public async Task Who_hangs_up_behind_his_message_has_left_it()
    {
        Apply("""
            <Record playBeep="false" action="left" format="wav" channels="single" recordingStatusCallback="saved"/><Say>Behind.</Say>
            """);
        var phone = await CallAsync();
        phone.Audio.Say(440, 1_500);
        await phone.Audio.SaidAsync();
        phone.Bye();
        var left = await Web.NextAsync("left");
        Assert.Equal(("POST", "hangup", "completed", "RecordVerb"),
            (left.Method, left["Digits"], left["CallStatus"], left["RecordingSource"]));
        var saved = await Web.NextAsync("saved");
        Assert.Equal((saved["RecordingSid"], saved["RecordingDuration"]), (left["RecordingSid"], left["RecordingDuration"]));
        byte[] file = await FetchAsync(left["RecordingUrl"]);
        Assert.Equal("RIFF"u8.ToArray(), file[..4]);
        Assert.True(left.IsSignedBy(Customer.PublicKey));
        await CompletedAsync();
    }

    [Fact]
    public async Task Who_hangs_up_in_a_queue_has_left_it()
    {
        Web.Serve("wait", "<Pause length=\"30\"/>");
        Apply($"<Enqueue waitUrl=\"wait\" action=\"left\">queue {Guid.NewGuid():N}</Enqueue><Say>Behind.</Say>");
        var phone = await CallAsync();
        var wait = await Web.NextAsync("wait");
        phone.Bye();
        var left = await Web.NextAsync("left");
        Assert.Equal(("hangup", "completed", wait["CallSid"], wait["QueueSid"]),
            (left["QueueResult"], left["CallStatus"], left["CallSid"], left["QueueSid"]));
        await CompletedAsync();
    }

    [Fact]
    public async Task Who_hangs_up_while_it_rings_has_cancelled_it()
    {
        var callee = NewPhone();
        Apply($"<Dial action=\"left\"><Sip>{callee.Uri}</Sip></Dial><Say>Behind.</Say>");
        var phone = await CallAsync();
        await callee.RingsAsync();
        phone.Bye();
        var left = await Web.NextAsync("left");
        Assert.Equal(("canceled", "0", "completed"), (left["DialCallStatus"], left["DialCallDuration"], left["CallStatus"]));
        Assert.StartsWith("v3:", left["DialCallSid"], StringComparison.Ordinal);
        await CompletedAsync();
    }
}
