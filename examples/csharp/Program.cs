// WEBHOOK_SECRET=whsec_… dotnet run: a voice menu on a number of yours.
// The secret is what `ringwright serve` prints once, when it makes the account.
using Ringwright.Examples;

string Setting(string name, string usual) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } given ? given : usual;

string port = Setting("PORT", "3000");
await using var line = await ExampleLine.OpenAsync(new()
{
    ApiKey = Setting("TELNYX_API_KEY", "KEYmine"), BaseUrl = Setting("TELNYX_BASE_URL", "http://127.0.0.1:8080/v2"),
    Secret = Setting("WEBHOOK_SECRET", ""), Port = int.Parse(port), Address = Setting("WEBHOOK_URL", $"http://127.0.0.1:{port}/"),
    Number = Setting("NUMBER", "+15550100002"),
}, "voice-menu", new VoiceMenu(Setting("OFFICE", "+15550000001")).HandleAsync);
Console.WriteLine($"voice-menu listens on {port}");
await line.Closed;
