using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>
/// What a node writes while it runs, at its most talkative: calls under the id that the API shows, who registered and
/// who could not, and no secret of anybody.
/// </summary>
public sealed class LogTests : IAsyncLifetime
{
    private const string Password = "a password of the phone", Wrong = "a wrong guess of somebody",
        TrunkPassword = "a password of the trunk", CallPassword = "a password of the call";

    private readonly RunningNode _node = new("--log-level", "trace", "--api-rate", "100000");

    public ValueTask InitializeAsync() => _node.InitializeAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    private Task LoggedAsync(string text) => Eventually.TrueAsync(
        () => _node.Lines.Any(line => line.Contains(text, StringComparison.Ordinal)), () => $"the log says '{text}':\n{_node.Output}");

    [Fact]
    public async Task The_log_names_calls_and_registrations_and_holds_no_secret()
    {
        await using var customer = await Customer.CreateAsync(_node, _node.NextNumber());
        await customer.SendAsync(HttpMethod.Post, "credential_connections", new()
        {
            ["connection_name"] = "Phones", ["user_name"] = "logged1",
            ["password"] = Password, ["outbound"] = new JsonObject { ["outbound_voice_profile_id"] = customer.Profile },
        });
        using (var right = Sipp.Run(_node, "logged1", "uac-register", "-au", "logged1", "-ap", Password, "-key", "contact",
            "<sip:logged1@127.0.0.1:5099>")) await right.SucceedsAsync();
        using (var wrong = Sipp.Run(_node, "logged1", "uac-register-wrong", "-au", "logged1", "-ap", Wrong, "-key", "contact",
            "<sip:logged1@127.0.0.1:5099>")) await wrong.SucceedsAsync();
        await LoggedAsync("logged1 is registered at 127.0.0.1");
        await LoggedAsync("REGISTER of 'logged1' from 127.0.0.1 was refused: wrong_password");

        await _node.RunAsync("trunk", "add", "deaf", $"127.0.0.1:{FreePort.Tcp()}", "--transport", "tcp", "--user", "us", "--password",
            TrunkPassword, "--register");
        await LoggedAsync("We are not registered with trunk deaf");

        var dialled = await customer.DialAsync("+15550000001",
            new() { ["sip_auth_username"] = "us", ["sip_auth_password"] = CallPassword });
        await customer.NextAsync("call.answered");
        await customer.ActAsync(dialled, "hangup");
        await LoggedAsync($"Leg {dialled["call_leg_id"]} begun");
        await LoggedAsync($"Leg {dialled["call_leg_id"]} ended");

        string log = string.Join('\n', _node.Lines);
        foreach (string secret in new[] { Password, Wrong, TrunkPassword, CallPassword, _node.Key })
            Assert.DoesNotContain(secret, log, StringComparison.Ordinal);
        Assert.Equal(1, await _node.MetricAsync("ringwright_registers_total{outcome=\"registered\"}"));
        Assert.True(await _node.MetricAsync("ringwright_registers_total{outcome=\"wrong_password\"}") >= 1);
        Assert.True(await _node.MetricAsync("ringwright_trunk_registers_total{outcome=\"no_answer\"}") >= 1);
    }
}
