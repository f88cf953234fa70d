using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Ringwright.Testing;

namespace Ringwright.Interop;

/// <summary>A customer of the node: an application with webhooks to a server of its own, a number, and a client of the REST API.</summary>
internal sealed class Customer : IAsyncDisposable
{
    private readonly HttpClient _http;
    private readonly WebApplication _sink;
    private readonly ConcurrentQueue<JsonObject> _events = new();

    private Customer(HttpClient http, WebApplication sink) => (_http, _sink) = (http, sink);

    public string Application { get; private set; } = "";

    /// <summary>An own number whose calls go to <see cref="Application"/>.</summary>
    public string Number { get; private set; } = "";

    /// <param name="index">Which of the lab's ten own numbers this customer takes.</param>
    public static async Task<Customer> CreateAsync(RunningNode node, int index)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var http = new HttpClient { BaseAddress = node.Api, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", node.Key) } };
        var customer = new Customer(http, builder.Build());
        customer._sink.MapPost("/", customer.TakeAsync);
        await customer._sink.StartAsync(TestContext.Current.CancellationToken);
        string url = customer._sink.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First(); // Kestrel always says where it listens

        string profile = (string)(await customer.SendAsync(HttpMethod.Get, "outbound_voice_profiles"))[0]!["id"]!;
        customer.Application = (string)(await customer.SendAsync(HttpMethod.Post, "call_control_applications", new()
        {
            ["application_name"] = $"Interop {Guid.NewGuid():N}",
            ["webhook_event_url"] = url,
            ["outbound"] = new JsonObject { ["outbound_voice_profile_id"] = profile },
        }))["id"]!;
        customer.Number = $"+1555010000{index}";
        await customer.SendAsync(HttpMethod.Patch, $"phone_numbers/{Uri.EscapeDataString(customer.Number)}", new() { ["connection_id"] = customer.Application });
        return customer;
    }

    /// <summary>The <c>data</c> of a successful answer; any other status fails the test.</summary>
    public async Task<JsonNode> SendAsync(HttpMethod method, string path, JsonObject? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"{method} {path}: {(int)answer.StatusCode} {text}");
        return JsonNode.Parse(text)!["data"]!;
    }

    public Task<JsonNode> ActAsync(JsonNode call, string action, JsonObject? body = null) =>
        SendAsync(HttpMethod.Post, $"calls/{Uri.EscapeDataString((string)call["call_control_id"]!)}/actions/{action}", body ?? []);

    /// <summary>The payload of the first webhook of the type, as soon as it is there.</summary>
    public async Task<JsonObject> NextAsync(string type) =>
        await Eventually.SomeAsync(() => ValueTask.FromResult(_events.FirstOrDefault(e => (string?)e["event_type"] == type)?["payload"] as JsonObject),
            $"a {type} webhook; there were {string.Join(", ", Types)}");

    public IEnumerable<string> Types => _events.Select(e => (string)e["event_type"]!);

    private async Task TakeAsync(HttpContext context)
    {
        var body = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        _events.Enqueue(body!["data"]!.AsObject());
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _sink.DisposeAsync();
    }
}
