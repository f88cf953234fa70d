using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Edge.Telnyx;

/// <summary>What newer clients append to the destination of a dial or a transfer.</summary>
public sealed class AppendedToDestinationTests(TelnyxHost host) : IClassFixture<TelnyxHost>, IAsyncLifetime
{
    private string _application = "";

    public async ValueTask InitializeAsync()
    {
        host.Calls.OnDial = request => Dialled.Accepted(RecordingCalls.FactsOf(request));
        _application = await host.ApplicationAsync($"appended-{Guid.NewGuid()}");
    }

    public ValueTask DisposeAsync() => default;

    /// <param name="to">As JSON, with further fields behind it.</param>
    private Task<Answer> DialAsync(string to) =>
        host.SendAsync("POST", "/v2/calls", $$"""{"connection_id":"{{_application}}","from":"+15550100000","to":{{to}}}""");

    private Task<Answer> TransferAsync(string to) => host.SendAsync("POST",
        $"/v2/calls/{host.Ids.CallControl(host.Tenant, Samples.Leg)}/actions/transfer", $$"""{"to":{{to}}}""");

    private async Task<DialRequest> DialledAsync(string to)
    {
        var answer = await DialAsync(to);
        Assert.True(answer.Status == 200, answer.Text);
        return host.Calls.Dials[^1];
    }

    private async Task<LegCommand.Transfer> TransferredAsync(string to)
    {
        var answer = await TransferAsync(to);
        Assert.True(answer.Status == 200, answer.Text);
        return Assert.IsType<LegCommand.Transfer>(host.Calls.Last);
    }

    [Theory]
    [InlineData("\"sip:bob@example.com\"", MediaEncryption.Disabled)]
    [InlineData("\"sip:bob@example.com;secure=srtp\"", MediaEncryption.Required)]
    [InlineData("\"sip:bob@example.com;transport=tls;Secure=TRUE\"", MediaEncryption.Required)]
    [InlineData("\"sip:bob@example.com;secure=srtp\",\"media_encryption\":\"disabled\"", MediaEncryption.Required)]
    [InlineData("\"sip:bob@example.com;secure=dtls\",\"media_encryption\":\"SRTP\"", MediaEncryption.Required)]
    public async Task Secure_of_a_sip_uri_encrypts_the_media(string to, MediaEncryption encryption)
    {
        Assert.Equal(encryption, (await DialledAsync(to)).Encryption);
        Assert.Equal(encryption, (await TransferredAsync(to)).Encryption);
    }

    [Theory]
    [InlineData("[\"sip:bob@example.com;secure=true\",\"sip:eve@example.com;secure=srtp\"]")]
    [InlineData("[\"+13125550100\",\"sip:eve@example.com;secure=srtp\"],\"media_encryption\":\"SRTP\"")]
    public async Task Several_destinations_are_encrypted_together(string to) =>
        Assert.Equal(MediaEncryption.Required, (await DialledAsync(to)).Encryption);

    [Theory]
    [InlineData("\"sip:bob@example.com;secure=dtls\"", "/to")]
    [InlineData("\"sip:bob@example.com;secure=zrtp\"", "/to")]
    [InlineData("\"sip:bob@example.com;secure=srtp\",\"media_encryption\":\"DTLS\"", "/media_encryption")]
    public async Task An_encryption_that_is_not_built_is_refused_and_never_left_out(string to, string pointer)
    {
        (await DialAsync(to)).Refuses(422, "10015", pointer);
        (await TransferAsync(to)).Refuses(422, "10015", pointer);
    }

    [Theory]
    [InlineData("[\"sip:bob@example.com;secure=srtp\",\"sip:eve@example.com;secure=dtls\"]", "/to/1")]
    [InlineData("[\"+13125550100\",\"sip:eve@example.com;secure=srtp\"]", "/to")]
    public async Task Destinations_of_which_some_are_encrypted_are_refused(string to, string pointer) =>
        (await DialAsync(to)).Refuses(422, "10015", pointer);

    [Theory]
    [InlineData("\"+13125550100\"", "+13125550100", null)]
    [InlineData("\"+13125550100,200\"", "+13125550100", "200")]
    [InlineData("\"+13125550100,w2a#\"", "+13125550100", "w2A#")]
    [InlineData("\"+13125550100,200\",\"send_digits_on_answer\":\"7\"", "+13125550100", "7")]
    [InlineData("\"sip:bob,eve@example.com\"", "sip:bob,eve@example.com", null)]
    [InlineData("\"sip:bob,eve@example.com,200\"", "sip:bob,eve@example.com", "200")]
    public async Task Digits_behind_a_comma_are_sent_on_answer(string to, string called, string? digits)
    {
        var dial = await DialledAsync(to);
        Assert.Equal((called, digits), (dial.To, dial.DigitsOnAnswer));
        var transfer = await TransferredAsync(to);
        Assert.Equal((called, digits), (transfer.To, transfer.DigitsOnAnswer));
    }

    [Theory]
    [InlineData("\"+13125550100,2x\"", "90014", "/to")]
    [InlineData("\"+13125550100,,200\"", "90014", "/to")]
    [InlineData("\"3125550100,200\"", "10016", "/to")]
    [InlineData("[\"+13125550100,200\"]", "10016", "/to/0")]
    public async Task Digits_that_are_none_or_stand_in_a_list_are_refused(string to, string code, string pointer) =>
        (await DialAsync(to)).Refuses(422, code, pointer);
}
