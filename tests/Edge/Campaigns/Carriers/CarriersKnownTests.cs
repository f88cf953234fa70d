using Dapper;
using Ringwright.Calls.Texts;
using Ringwright.Calls.Texts.Smpp;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Campaigns.Carriers;

/// <summary>That no carrier takes a text ends it: so nobody says that before it is known which carriers there are.</summary>
public sealed class CarriersKnownTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>A node that is started again reads both at once.</summary>
    [Fact]
    public async Task A_text_that_is_looked_at_before_the_carriers_are_known_waits_for_them()
    {
        Guid id = default;
        await using var rig = await CarrierRig.OpenAsync(before: async made => id = await made.SendAsync(), between: async made =>
        {
            // Time enough for a courier that does not wait.
            await Task.Delay(TimeSpan.FromMilliseconds(200), Stop);
            Assert.Equal(TextState.Queued, (await made.WhenAsync(id, _ => true)).State);
        });
        await rig.PassAsync(id, TimeSpan.FromSeconds(1), text => text.State is not (TextState.Queued or TextState.Sending));
        Assert.Equal(TextState.Sent, (await rig.WhenAsync(id, _ => true)).State);
        Assert.Single(rig.Centre.Submitted);
    }

    /// <summary>An operator's program adds a carrier, and the next request is a text that goes by it alone.</summary>
    [Fact]
    public async Task A_text_right_behind_its_carrier_goes_by_it()
    {
        await using var rig = await CarrierRig.OpenAsync(configure: carrier => carrier with { Prefixes = ["+1"] });
        await rig.WhenAsync(bind => bind.IsBound);
        for (int n = 0; n < 5; n++)
        {
            string prefix = $"+4930{n}";
            await rig.AddAsync(carrier => carrier with { Prefixes = [prefix] }, $"to {prefix}", rig.Centre);
            var id = await rig.SendAsync(to: prefix + "123456");
            await rig.PassAsync(id, TimeSpan.FromSeconds(1), text => text.State is not TextState.Queued);
            Assert.NotEqual(TextState.SendingFailed, (await rig.WhenAsync(id, text => text.State is not TextState.Sending)).State);
        }
    }

    /// <summary>What it has on its way has some seconds for its answers.</summary>
    [Fact]
    public async Task A_bind_that_ends_slowly_holds_up_no_text()
    {
        await using var rig = await CarrierRig.OpenAsync(configure: carrier => carrier with { Prefixes = ["+49"] });
        var given = new TaskCompletionSource<Submission>(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Centre.OnSubmit = one =>
        {
            given.TrySetResult(one);
            return Task.CompletedTask;
        };
        await rig.WhenAsync(bind => bind.IsBound);
        var answered = await rig.SendAsync();
        var submission = await given.Task.WaitAsync(Eventually.Deadline, Stop);
        var carrier = (await rig.Test.Database.TextCarriers.FindAsync(rig.First, Stop))!.Value;
        rig.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await rig.Test.Database.TextCarriers.UpdateAsync(carrier with { IsEnabled = false }, Stop);
        await Eventually.TrueAsync(() => rig.Bind is null, "it leaves");
        await rig.AddAsync(static one => one with { Prefixes = ["+44"] }, "second", rig.Centre);
        var other = await rig.SendAsync(to: "+33123456789");
        Assert.Equal(TextFault.NoRoute, (await rig.WhenAsync(other, TextState.SendingFailed)).Fault);
        await submission.AnswerAsync(SmppStatus.Ok, rig.Centre.NextId());
        await rig.WhenAsync(answered, TextState.Sent);
    }

    [Fact]
    public async Task Carriers_that_cannot_be_read_hold_up_no_text_that_needs_none()
    {
        await using var rig = await CarrierRig.OpenAsync(configure: carrier => carrier with { Prefixes = ["+1"] });
        await rig.WhenAsync(bind => bind.IsBound);
        var carrier = (await rig.Test.Database.TextCarriers.FindAsync(rig.First, Stop))!.Value;
        await rig.Test.Database.Sql.WriteAsync(static db => db.Execute("update rw_text_carrier set password = 'not sealed'"), Stop);
        await rig.AddAsync(static one => one with { Prefixes = ["+44"] }, "second", rig.Centre);
        Guid away = await rig.SendAsync(), here = await rig.SendAsync(to: CarrierRig.Own);
        await rig.WhenAsync(here, TextState.Delivered);
        Assert.Equal(TextState.Queued, (await rig.WhenAsync(away, _ => true)).State);
        await rig.Test.Database.TextCarriers.UpdateAsync(carrier, Stop);
        var over = await rig.PassAsync(away, TimeSpan.FromSeconds(1), text => text.State is not TextState.Queued);
        Assert.Equal(TextState.SendingFailed, over.State);
        Assert.Equal(TextFault.NoRoute, over.Fault);
    }
}
