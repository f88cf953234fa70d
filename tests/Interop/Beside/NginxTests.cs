using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Interop.Cases;
using Ringwright.Testing;

namespace Ringwright.Interop.Beside;

/// <summary>The proxy of <c>deploy/nginx</c>, by a real nginx, before a node.</summary>
[Depth("the gate has the node's own half: what a proxy says is believed of trusted ones alone")]
public sealed class NginxTests : IAsyncLifetime
{
    private const string Name = "voice.example.com";
    private readonly int _plain = FreePort.Tcp(), _secure = FreePort.Tcp();
    private readonly RunningNode _node = new("--api-rate", "100000", "--trusted-proxies", "127.0.0.1", "--public-url", "https://" + Name);
    private Daemon _nginx = null!;      // started before each test
    private string _log = "";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Tool.Require("nginx");
        await _node.InitializeAsync();
        var folder = new TempFolder();
        _log = folder.File("access.log");
        string site = (await File.ReadAllTextAsync(Repository.PathOf("deploy", "nginx", "ringwright.conf"), Stop))
            .Replace("listen 80;", $"listen 127.0.0.1:{_plain};", StringComparison.Ordinal)
            .Replace("listen 443 ssl;", $"listen 127.0.0.1:{_secure} ssl;", StringComparison.Ordinal)
            .Replace("listen [::]:80;", "", StringComparison.Ordinal).Replace("listen [::]:443 ssl;", "", StringComparison.Ordinal)
            .Replace("/etc/ssl/ringwright/fullchain.pem", _node.PathOf("ca", "lab.pem"), StringComparison.Ordinal)
            .Replace("/etc/ssl/ringwright/key.pem", _node.PathOf("ca", "lab.key"), StringComparison.Ordinal)
            .Replace("/var/log/nginx/access.log", _log, StringComparison.Ordinal)
            .Replace("server 127.0.0.1:8080;", $"server {_node.Api.Authority};", StringComparison.Ordinal);
        await File.WriteAllTextAsync(folder.File("site"), site, Stop);
        string places = string.Concat(new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" }
            .Select(kind => $"{kind}_temp_path {folder.File(kind)}; "));
        await File.WriteAllTextAsync(folder.File("nginx.conf"), $$"""
            user {{Environment.UserName}};
            daemon off;
            pid {{folder.File("pid")}};
            error_log stderr;
            events { }
            http { access_log off; {{places}} include {{folder.File("site")}}; }
            """, Stop);
        _nginx = new Daemon(folder, "nginx", "-e", "stderr", "-c", folder.File("nginx.conf"));
        using var http = Client();
        await _nginx.AnswersAsync(http, "/readyz");
    }

    public async ValueTask DisposeAsync()
    {
        if (_nginx is not null) await _nginx.DisposeAsync();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task Requests_come_by_TLS_with_their_true_address_and_big_ones_are_refused_at_the_door()
    {
        using var http = Client();
        using (var plain = await http.GetAsync($"http://{Name}:{_plain}/v2/phone_numbers?page[size]=1", Stop))
        {
            Assert.Equal(HttpStatusCode.PermanentRedirect, plain.StatusCode);
            Assert.Equal($"https://{Name}/v2/phone_numbers?page[size]=1", plain.Headers.Location?.OriginalString);
        }

        // What the client says of earlier hops reaches nobody: the account takes requests of this address alone.
        http.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.9");
        using (var listed = await http.PostAsync("/v2/access_ip_address", Json(new() { ["ip_address"] = "127.0.0.1" }), Stop))
            Assert.True(listed.IsSuccessStatusCode, await listed.Content.ReadAsStringAsync(Stop));
        using (var again = await http.GetAsync("/v2/phone_numbers", Stop)) Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        using var direct = new HttpClient { BaseAddress = _node.Api, DefaultRequestHeaders = { Authorization = Bearer() } };
        direct.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.9");
        using (var foreign = await direct.GetAsync("phone_numbers", Stop)) Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);

        byte[] sound = Wav.Tone(440, 1_000);
        Assert.Equal(HttpStatusCode.Created, await UploadAsync(http, "large", [.. sound, .. new byte[19 * 1024 * 1024]]));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await UploadAsync(http, "larger", [.. sound, .. new byte[22 * 1024 * 1024]]));
    }

    [Fact]
    public async Task Web_sockets_and_followed_events_go_through_and_are_told_at_once()
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", Bearer().ToString());
        using var http = Client();
        await socket.ConnectAsync(new($"wss://{Name}:{_secure}/v1.0/ws"), new HttpMessageInvoker(Handler(), disposeHandler: true), Stop);
        string customer = (string)JsonNode.Parse(await http.GetStringAsync("/v1.0/customer", Stop))!["id"]!;
        string order = $$"""{"type":"subscribe","topics":["customer_id:{{customer}}:tag"],"request_id":"1"}""";
        await socket.SendAsync(Encoding.UTF8.GetBytes(order), WebSocketMessageType.Text, true, Stop);
        Assert.Equal("subscribed", (string?)(await HearAsync(socket))["type"]);
        using (var made = await http.PostAsync("/v1.0/tags", Json(new() { ["name"] = "x" }), Stop)) made.EnsureSuccessStatusCode();
        Assert.Equal("tag_created", (string?)(await HearAsync(socket))["type"]);

        using var followed = await http.GetAsync("/v2/events/stream", HttpCompletionOption.ResponseHeadersRead, Stop);
        using var lines = new StreamReader(await followed.Content.ReadAsStreamAsync(Stop));
        await using var customerOfCalls = await Customer.CreateAsync(_node, 0);
        await using var phone = new Phone(_node, 450);
        phone.Call(customerOfCalls.Number);
        while (await lines.ReadLineAsync(Stop).AsTask().WaitAsync(TimeSpan.FromMinutes(1), Stop) is { } line)
            if (line.Contains("call.initiated", StringComparison.Ordinal)) return;
        Assert.Fail("the stream ended");
    }

    [Fact]
    public async Task The_log_keeps_no_path_by_which_somebody_may_do_something_and_no_query()
    {
        const string id = "0f8fad5b-d9cb-469f-a165-70867728950e";
        using var http = Client();
        string[] paths =
        [
            $"/text_carriers/{id}/hidden-1", "/try/hidden-2", "/documents/hidden-3", $"/api/agency/v1/webhooks/voice/{id}/hidden-4",
            $"/api/agency/v1/functions/v1/webhook-ingest/{id}/hidden-5", $"/recordings/{id}/{id}/a.wav?expires=1&signature=hidden-6",
            "/oauth/consent/hidden-7",
        ];
        foreach (string path in paths)
            using (await http.PostAsync(path, Json([]), Stop)) { }
        using (await http.GetAsync("/v2/phone_numbers?page[size]=1", Stop)) { }
        string log = await Eventually.SomeAsync(async () => await File.ReadAllTextAsync(_log, Stop) is var said
            && said.Contains("\"GET /v2/phone_numbers HTTP/", StringComparison.Ordinal) ? said : null, "the last request is in the log");
        Assert.Contains($"\"POST /text_carriers/{id}/*** HTTP/", log, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", log, StringComparison.Ordinal);
    }

    private AuthenticationHeaderValue Bearer() => new("Bearer", _node.Key);

    private HttpClient Client() => new(Handler())
    {
        BaseAddress = new($"https://{Name}:{_secure}"), DefaultRequestHeaders = { Authorization = Bearer() },
    };

    /// <summary>That name is this machine, and its certificate is the lab's.</summary>
    private SocketsHttpHandler Handler()
    {
        using var trusted = _node.LabCertificate;
        string print = trusted.Thumbprint;
        return new()
        {
            AllowAutoRedirect = false,
            ConnectCallback = async (to, stop) =>
            {
                var connection = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await connection.ConnectAsync(IPAddress.Loopback, to.DnsEndPoint.Port, stop);
                return new NetworkStream(connection, ownsSocket: true);
            },
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == print,
            },
        };
    }

    private static StringContent Json(JsonObject body) => new(body.ToJsonString(), Encoding.UTF8, "application/json");

    private static async Task<HttpStatusCode> UploadAsync(HttpClient http, string name, byte[] sound)
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent(name), "media_name" },
            { new ByteArrayContent(sound) { Headers = { ContentType = new("audio/wav") } }, "media", name + ".wav" },
        };
        using var answer = await http.PostAsync("/v2/media", form, Stop);
        return answer.StatusCode;
    }

    private static async Task<JsonObject> HearAsync(ClientWebSocket socket)
    {
        byte[] buffer = new byte[65_536];
        var got = await socket.ReceiveAsync(buffer, Stop);
        return JsonNode.Parse(buffer.AsSpan(0, got.Count))!.AsObject();
    }
}
