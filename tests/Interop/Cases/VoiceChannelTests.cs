using System.Text.Json.Nodes;

namespace Ringwright.Interop.Cases;

/// <summary>Numbers that are paid by channel have as many calls at a time as their account has channels.</summary>
public sealed class VoiceChannelTests(RunningNode node) : CallCase(node)
{
    [Fact]
    public async Task A_call_beyond_the_channels_is_busy_until_one_has_ended_and_other_accounts_are_untouched()
    {
        var (customer, other) = (await StrangerAsync(), await StrangerAsync());
        foreach (var account in new[] { customer, other })
            await account.SendAsync(HttpMethod.Patch, $"phone_numbers/{Uri.EscapeDataString(account.Number)}/voice",
                new() { ["usage_payment_method"] = "channel" });
        await customer.SendAsync(HttpMethod.Patch, "inbound_channels", new() { ["channels"] = 1 });
        var zones = (await customer.GetAsync("list")).Data.AsArray();
        var states = zones.Single(z => z!["numbers"]!.AsArray().Count > 0)!;
        Assert.Equal((1, customer.Number), ((int)states["number_of_channels"]!, (string?)states["numbers"]![0]!["number"]));

        var (call, _) = await AnsweredAsync(customer);
        await NewPhone().Call(customer.Number).ReachesAsync(486);
        await AnsweredAsync(other);

        // At once: the next one fits.
        await customer.SendAsync(HttpMethod.Patch, "inbound_channels", new() { ["channels"] = 2 });
        var second = NewPhone().Call(customer.Number);
        await customer.NextAsync("call.initiated", 2);
        await NewPhone().Call(customer.Number).ReachesAsync(486);

        // And a channel that is free again is another caller's.
        (await customer.TryActAsync(call, "hangup")).IsOk();
        await customer.NextAsync("call.hangup");
        NewPhone().Call(customer.Number);
        await customer.NextAsync("call.initiated", 3);
        await second.ReachesAsync(180);
    }
}
