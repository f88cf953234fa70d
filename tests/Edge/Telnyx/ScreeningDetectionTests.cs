using Ringwright.Calls;

namespace Ringwright.Edge.Telnyx;

/// <summary><c>premium_ios_call_screening_detection</c>, which newer programs dial and transfer with.</summary>
public sealed class ScreeningDetectionTests(TelnyxHost host) : IClassFixture<TelnyxHost>, IAsyncLifetime
{
    private const string Mode = "\"answering_machine_detection\":\"premium_ios_call_screening_detection\"";
    private string _application = "";

    public async ValueTask InitializeAsync()
    {
        host.Calls.OnDial = request => Dialled.Accepted(RecordingCalls.FactsOf(request));
        _application = await host.ApplicationAsync($"dial-{Guid.NewGuid()}");
    }

    public ValueTask DisposeAsync() => default;

    private Task<Answer> DialAsync(string fields) =>
        host.SendAsync("POST", "/v2/calls",
            $$"""{"connection_id":"{{_application}}","to":"+13125550100","from":"+15550100000",{{fields}}}""");

    private static string Config(int millis) => $$""","answering_machine_detection_config":{"prompt_end_timeout_millis":{{millis}}}""";

    [Theory]
    [InlineData(null, 30_000), InlineData(1_000, 1_000), InlineData(120_000, 120_000)]
    public async Task It_is_premium_and_waits_for_the_end_of_what_a_phone_asks(int? said, int expected)
    {
        var answer = await DialAsync(Mode + (said is { } millis ? Config(millis) : ""));
        Assert.True(answer.Status == 200, answer.Text);
        Assert.Equal(new MachineDetection(MachineMode.Classify)
        {
            TotalAnalysis = TimeSpan.FromSeconds(30),
            PromptEnd = TimeSpan.FromMilliseconds(expected),
        }, host.Calls.Dials[^1].MachineDetection);
    }

    [Theory, InlineData(999), InlineData(120_001)]
    public async Task A_time_beyond_its_bounds_is_refused(int millis) =>
        (await DialAsync(Mode + Config(millis))).Refuses(422, "10033", "/answering_machine_detection_config/prompt_end_timeout_millis");

    [Fact]
    public async Task A_transfer_takes_it_as_a_dial_does()
    {
        string call = host.Ids.CallControl(host.Tenant, Samples.Leg);
        var answer = await host.SendAsync("POST", $"/v2/calls/{call}/actions/transfer", $$"""{"to":"sip:bob@example.com",{{Mode}}}""");
        Assert.True(answer.Status == 200, answer.Text);
        var transfer = Assert.IsType<LegCommand.Transfer>(host.Calls.Commands[^1].Command);
        Assert.Equal(TimeSpan.FromSeconds(30), transfer.MachineDetection?.PromptEnd);
    }
}
