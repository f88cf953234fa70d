using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Ringwright.Edge.Telnyx;

/// <summary>The media storage over real HTTP. What a URL has is fetched in the whole-program cases, where loopback may be asked.</summary>
public sealed class MediaStorageTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private static readonly byte[] Wav = [.. "RIFF....WAVEfmt "u8, 0];

    private async Task<Answer> UploadAsync(byte[] content, string? name = null, string? ttl = null, string? type = null,
        string method = "POST", string path = "/v2/media")
    {
        using var form = new MultipartFormDataContent();
        var file = new ByteArrayContent(content);
        if (type is not null) file.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        form.Add(file, "media", "greeting.bin");
        if (name is not null) form.Add(new StringContent(name), "media_name");
        if (ttl is not null) form.Add(new StringContent(ttl), "ttl_secs");
        return await host.SendAsync(method, path, form);
    }

    [Fact]
    public async Task An_uploaded_file_is_listed_shown_downloaded_and_deleted()
    {
        var made = await UploadAsync(Wav, "welcome", ttl: "3600", type: "audio/x-wav");
        Assert.True(made.Status == 201, made.Text);
        Assert.Equal(("welcome", "audio/x-wav"), ((string?)made.Data["media_name"], (string?)made.Data["content_type"]));
        Assert.Equal(host.Time.GetUtcNow().AddHours(1), DateTimeOffset.Parse((string)made.Data["expires_at"]!));

        var shown = await host.SendAsync("GET", "/v2/media/welcome");
        Assert.True(JsonNode.DeepEquals(made.Data, shown.Data), shown.Text);
        var listed = await host.SendAsync("GET", "/v2/media?filter[content_type][]=audio/x-wav");
        Assert.Equal("welcome", (string?)Assert.Single(listed.List)!["media_name"]);
        Assert.Equal(1, (int?)listed.Body["meta"]!["total_results"]);
        Assert.Empty((await host.SendAsync("GET", "/v2/media?filter[content_type][]=audio/flac")).List);
        Assert.Equal(Wav, await host.DownloadAsync("/v2/media/welcome/download"));

        Assert.Equal(204, (await host.SendAsync("DELETE", "/v2/media/welcome")).Status);
        (await host.SendAsync("GET", "/v2/media/welcome")).Refuses(404, "10005");
        (await host.SendAsync("DELETE", "/v2/media/welcome")).Refuses(404, "10005");
        (await host.SendAsync("GET", "/v2/media/welcome/download")).Refuses(404, "10005");
        var trail = await host.Store.Audit.ListAsync(host.Tenant, null, null, isFalling: false, 0, 100,
            TestContext.Current.CancellationToken);
        Assert.Equal(["created", "deleted"], trail.Events.Where(e => e.ResourceId == "welcome").Select(e => e.Change));
    }

    [Fact]
    public async Task Without_a_name_one_is_made_and_without_a_time_it_is_two_days()
    {
        var made = await UploadAsync(Wav);
        Assert.True(Guid.TryParse((string?)made.Data["media_name"], out _), made.Text);
        Assert.Equal("audio/wav", (string?)made.Data["content_type"]);
        Assert.Equal(host.Time.GetUtcNow().AddDays(2), DateTimeOffset.Parse((string)made.Data["expires_at"]!));
    }

    [Theory]
    [InlineData("ID3\u0004", "audio/mpeg"), InlineData("\u00FF\u00FB\u0090", "audio/mpeg"), InlineData("hello", "application/octet-stream")]
    public async Task What_nobody_names_is_named_by_its_bytes(string content, string type) =>
        Assert.Equal(type,
            (string?)(await UploadAsync(Encoding.Latin1.GetBytes(content), type: "application/octet-stream")).Data["content_type"]);

    [Theory, InlineData("audio/basic", "audio/basic"), InlineData("audio/PCMU; ptime=20", "audio/pcmu")]
    [InlineData("audio/L16; rate=\"16000\"; Channels=1", "audio/l16;rate=16000;channels=1")]
    [InlineData("audio/L16; rate=fast", "audio/l16")]
    public async Task What_a_file_of_samples_is_called_goes_with_it(string said, string type)
    {
        var made = await UploadAsync([0xFF, 0x7F], type: said);
        Assert.Equal(type, (string?)made.Data["content_type"]);
        var kept = await host.Store.Media.FindAsync(host.Tenant, (string)made.Data["media_name"]!, TestContext.Current.CancellationToken);
        Assert.Equal(type, kept?.ContentType);
    }

    [Theory]
    [InlineData("hello", "audio/wav"), InlineData("%PDF-1.7", "audio/x-wav"), InlineData("RIFF....WAVEfmt ", "audio/mpeg"),
        InlineData("%PDF-1.7", "audio/g722")]
    [InlineData("<!DOCTYPE html><html>", "audio/basic"), InlineData("#!/bin/sh\n", null),
        InlineData("MZ\u0090\0", "application/octet-stream")]
    public async Task What_its_bytes_are_not_is_refused(string content, string? type) =>
        (await UploadAsync(Encoding.Latin1.GetBytes(content), type: type)).Refuses(422, "10015", "/media");

    [Fact]
    public async Task A_name_can_be_taken_once_and_an_update_keeps_it()
    {
        await UploadAsync(Wav, "twice", ttl: "100");
        (await UploadAsync(Wav, "twice")).Refuses(422, "10015", "/media_name");

        var changed = await UploadAsync("ID3!"u8.ToArray(), type: "audio/mpeg", method: "PUT", path: "/v2/media/twice");
        Assert.True(changed.Status == 200, changed.Text);
        Assert.Equal(("twice", "audio/mpeg"), ((string?)changed.Data["media_name"], (string?)changed.Data["content_type"]));
        Assert.Equal("ID3!"u8.ToArray(), await host.DownloadAsync("/v2/media/twice/download"));

        changed = await host.SendAsync("PUT", "/v2/media/twice", """{"ttl_secs":500}""");
        Assert.Equal(host.Time.GetUtcNow().AddSeconds(500), DateTimeOffset.Parse((string)changed.Data["expires_at"]!));
        (await host.SendAsync("PUT", "/v2/media/never", """{"ttl_secs":500}""")).Refuses(404, "10005");
    }

    [Fact]
    public async Task One_accounts_files_are_not_anothers()
    {
        await UploadAsync(Wav, "mine");
        (await host.SendAsync("GET", "/v2/media/mine", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        (await host.SendAsync("GET", "/v2/media/mine/download", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        (await host.SendAsync("DELETE", "/v2/media/mine", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        Assert.Empty((await host.SendAsync("GET", "/v2/media", key: TelnyxHost.OtherTenantKey)).List);
    }

    [Theory]
    [InlineData("0"), InlineData("630720001"), InlineData("-5")]
    public async Task A_lifetime_is_from_a_second_to_twenty_years(string ttl) =>
        (await UploadAsync(Wav, ttl: ttl)).Refuses(422, "10033", "/ttl_secs");

    [Theory]
    [InlineData("a/b"), InlineData("a\\b"), InlineData(".."), InlineData(" a"), InlineData("a?b"), InlineData("a%2Fb")]
    public async Task A_name_that_is_no_single_step_of_a_path_is_refused(string name) =>
        (await UploadAsync(Wav, name)).Refuses(422, "10015", "/media_name");

    [Fact]
    public async Task The_limits_hold()
    {
        Assert.Equal(201, (await UploadAsync(Wav, new string('n', 255))).Status);
        (await UploadAsync(Wav, new string('n', 256))).Refuses(422, "10015", "/media_name");
        Assert.Equal(201, (await UploadAsync(new byte[20_000_000], "large")).Status);
        (await UploadAsync(new byte[20_000_001], "larger")).Refuses(422, "10025", "/media");
        (await UploadAsync([], "nothing")).Refuses(422, "10015", "/media");
    }

    [Fact]
    public async Task A_form_without_a_file_and_JSON_without_a_URL_are_refused()
    {
        using var form = new MultipartFormDataContent { { new StringContent("x"), "media_name" } };
        (await host.SendAsync("POST", "/v2/media", form)).Refuses(422, "10004", "/media");
        using var text = new MultipartFormDataContent { { new StringContent("x"), "media" } };
        (await host.SendAsync("POST", "/v2/media", text)).Refuses(422, "10015", "/media");
        (await host.SendAsync("POST", "/v2/media", """{"media_name":"x"}""")).Refuses(422, "10004", "/media_url");
        (await host.SendAsync("POST", "/v2/media", """{"media_url":""}""")).Refuses(422, "10004", "/media_url");
    }

    [Theory]
    [InlineData("ftp://example.com/a.wav"), InlineData("http://169.254.169.254/latest"),
        InlineData("http://127.0.0.1:9/a.wav"), InlineData("hello")]
    public async Task A_forbidden_URL_is_never_asked(string url) =>
        (await host.SendAsync("POST", "/v2/media", $$"""{"media_url":"{{url}}"}""")).Refuses(422, "10003", "/media_url");
}
