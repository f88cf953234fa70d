using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Edge.Telnyx;

/// <summary>What the sound of a leg is changed by: pitch from the answer on, and noise suppression while it is wanted.</summary>
public sealed class ChangedSoundTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    [Fact]
    public async Task Answer_may_change_the_voices_on_the_leg()
    {
        var answer = await AcceptsAsync<LegCommand.Answer>("answer", """{"sound_modifications":{"pitch":1.5}}""");
        Assert.Equal(new SoundModification(1.5) { IsOfHeard = true }, answer.Sound);
        Assert.Null((await AcceptsAsync<LegCommand.Answer>("answer", "{}")).Sound);
    }

    [Theory]
    [InlineData("{}", true, false)]
    [InlineData("""{"direction":"inbound","noise_suppression_engine":"A"}""", true, false)]
    [InlineData("""{"direction":"outbound","noise_suppression_engine":"Denoiser"}""", false, true)]
    [InlineData("""{"direction":"both"}""", true, true)]
    public async Task Noise_is_suppressed_in_a_direction(string body, bool isOfSaid, bool isOfHeard)
    {
        var command = await AcceptsAsync<LegCommand.SuppressNoise>("suppression_start", body);
        Assert.Equal((isOfSaid, isOfHeard), (command.IsOfSaid, command.IsOfHeard));
        command = await AcceptsAsync<LegCommand.SuppressNoise>("suppression_stop", """{"command_id":"s-1"}""");
        Assert.Equal((false, false, "s-1"), (command.IsOfSaid, command.IsOfHeard, command.CommandId));
    }

    [Theory]
    [InlineData("""{"noise_suppression_engine":"B"}""", "10015", "/noise_suppression_engine")]
    [InlineData("""{"noise_suppression_engine":"Krisp"}""", "10015", "/noise_suppression_engine")]
    [InlineData("""{"noise_suppression_engine":"C"}""", "10032", "/noise_suppression_engine")]
    [InlineData("""{"noise_suppression_engine_config":{"attenuation_limit":50}}""", "10015", "/noise_suppression_engine_config")]
    [InlineData("""{"direction":"sideways"}""", "10032", "/direction")]
    public async Task Noise_suppression_that_is_not_here_is_refused_by_name(string body, string code, string pointer)
    {
        int before = host.Calls.Commands.Count;
        (await SendAsync("suppression_start", body)).Refuses(422, code, pointer);
        Assert.Equal(before, host.Calls.Commands.Count);
    }

    private Task<Answer> SendAsync(string action, string body) =>
        host.SendAsync("POST", $"/v2/calls/{host.Ids.CallControl(host.Tenant, Samples.Leg)}/actions/{action}", body);

    private async Task<T> AcceptsAsync<T>(string action, string body) where T : LegCommand
    {
        var answer = await SendAsync(action, body);
        Assert.True(answer.Status == 200, answer.Text);
        return Assert.IsType<T>(host.Calls.Last);
    }
}
