using System.Text.Json.Nodes;

namespace Ringwright.Edge.Telnyx;

/// <summary>Hours of texts, as the operator sets them and a request meets them.</summary>
public sealed class TextHoursApiTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private readonly Texting _texts = new(host);
    private string Path => $"/operator/v1/accounts/{host.Tenant}/text_hours";

    [Fact]
    public async Task What_cannot_arrive_while_it_is_valid_is_refused_and_hours_can_be_taken_away()
    {
        string profile = await _texts.ProfileAsync(), from = await _texts.NumberAsync(profile), to = await _texts.NumberAsync(profile);
        Assert.Equal(404, (await OperatorAsync("GET")).Status);
        var usual = await OperatorAsync("PUT", "{}");
        Assert.True(usual.Status == 200, usual.Text);
        Assert.Equal(("08:00", "21:00"), ((string?)usual.Data["windows"]![0]!["start"], (string?)usual.Data["windows"]![0]!["end"]));
        (await OperatorAsync("PUT", """{"windows":[{"days":["mon"],"start":"25:00","end":"20:00"}]}""")).Refuses(422, "invalid");
        // All of the year that is looked at is closed.
        var dates = new JsonArray();
        for (int day = -2; day < 400; day++) dates.Add($"{host.Time.GetUtcNow().AddDays(day):yyyy-MM-dd}");
        var closed = await OperatorAsync("PUT", new JsonObject { ["excluded_dates"] = dates }.ToJsonString());
        Assert.True(closed.Status == 200, closed.Text);
        (await _texts.SendAsync(from, to, "at night")).Refuses(403, "10010");
        Assert.Equal(200, (await OperatorAsync("DELETE")).Status);
        Assert.Equal(404, (await OperatorAsync("DELETE")).Status);
        await _texts.SentAsync(from, to, "at any hour");
    }

    private Task<Answer> OperatorAsync(string method, string? body = null) =>
        host.SendAsync(method, Path, body, TelnyxHost.OperatorKey);
}
