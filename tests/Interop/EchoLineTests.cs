namespace Ringwright.Interop;

/// <summary>The line that the node answers itself.</summary>
public sealed class EchoLineTests(RunningNode node)
{
    [Fact]
    public async Task A_caller_hears_himself()
    {
        await using var phone = new Phone(node, 440);
        phone.Call(RunningNode.EchoNumber);
        await phone.HearsAsync(440);
        phone.Hangup();
    }

    [Fact]
    public async Task Sipp_is_answered_without_ringing_and_hangs_up()
    {
        using var caller = Sipp.Call(node, RunningNode.EchoNumber, "uac-answered-at-once");
        await caller.SucceedsAsync();
    }
}
