namespace Ringwright.Edge.Telnyx;

/// <summary>Messages with media that no way out carries, of a profile that sends the addresses of the media then.</summary>
public sealed class MediaFallbackTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private const string Elsewhere = "+15550229997", Picture = "https://93.184.216.34/cheese.png";
    private readonly Texting _texts = new(host);

    [Theory]
    [InlineData("Cheese", ",\"subject\":\"New\",\"media_urls\":[\"" + Picture + "\"]", "New\nCheese\n" + Picture)]
    [InlineData("", ",\"media_urls\":[\"\",\"" + Picture + "\"]", Picture)]
    [InlineData("Cheese", ",\"type\":\"MMS\"", "Cheese")]
    public async Task What_cannot_go_with_media_goes_as_a_text_with_their_addresses(string text, string more, string expected)
    {
        string plain = await _texts.NumberAsync(await _texts.ProfileAsync());
        (await _texts.SendAsync(plain, Elsewhere, text, more)).Refuses(400, "40301");
        string from = await _texts.NumberAsync(await _texts.ProfileAsync(",\"mms_fall_back_to_sms\":true"));
        var sent = await _texts.SendAsync(from, Elsewhere, text, more);
        Assert.True(sent.Status == 200, sent.Text);
        Assert.Equal(("SMS", expected, 1), ((string?)sent.Data["type"], (string?)sent.Data["text"], (int)sent.Data["parts"]!));
        Assert.Empty(sent.Data["media"]!.AsArray());
        Assert.Null(sent.Data["subject"]);
        Assert.Equal(expected, (string?)(await _texts.StateAsync((string)sent.Data["id"]!, "sending_failed"))["text"]);
    }

    [Fact]
    public async Task A_message_of_nothing_is_none_by_that_way_either()
    {
        string from = await _texts.NumberAsync(await _texts.ProfileAsync(",\"mms_fall_back_to_sms\":true"));
        (await _texts.SendAsync(from, Elsewhere, "", ",\"type\":\"MMS\"")).Refuses(400, "40316", "/text");
    }
}
