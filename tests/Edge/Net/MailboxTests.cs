using Ringwright.Net;
using Ringwright.Switch;

namespace Ringwright.Edge.Net;

public sealed class MailboxTests
{
    [Fact]
    public void New_work_stops_at_its_bound_and_the_rest_may_fill_the_box()
    {
        var box = new Mailbox();
        int taken = 0;
        while (box.TryPost(new ShardMessage.Drain(), Limits.MailboxMessagesForNewWork)) taken++;
        Assert.Equal(Limits.MailboxMessagesForNewWork, taken);
        while (box.TryPost(new ShardMessage.Drain(), Limits.MailboxMessages)) taken++;
        Assert.Equal(Limits.MailboxMessages, taken);
        box.Post(new ShardMessage.Drain());
        Assert.Equal(Limits.MailboxMessages + 1, box.Count);
        Assert.True(box.TryTake(out _));
        Assert.Equal(Limits.MailboxMessages, box.Count);
    }

    [Fact]
    public void A_letter_wakes_the_reader()
    {
        var box = new Mailbox();
        var reader = new Thread(() =>
        {
            while (!box.TryTake(out _)) box.Wait(TimeSpan.FromSeconds(30));
        });
        reader.Start();
        box.Post(new ShardMessage.Drain());
        Assert.True(reader.Join(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public void A_reader_that_is_to_stop_waits_no_more()
    {
        var box = new Mailbox();
        box.Wake();
        box.Wait(TimeSpan.FromSeconds(30));
        var reader = new Thread(() => box.Wait(TimeSpan.FromSeconds(30)));
        reader.Start();
        Assert.True(reader.Join(TimeSpan.FromSeconds(20)));
    }
}
