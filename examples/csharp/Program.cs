// WEBHOOK_SECRET=whsec_… dotnet run voice-menu: an example on a number of yours; the others are echo-bot, ai-voice and reminder.
// The secret is what `ringwright serve` prints once, when it makes the account.
using Ringwright.Examples;

string Setting(string name, string usual) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } given ? given : usual;

string which = args.Length > 0 ? args[0] : "voice-menu", number = "+15550100002";
Func<ExampleLine, CallStep, Task> handle = new VoiceMenu(Setting("OFFICE", "+15550000001")).HandleAsync;
Func<JsonSocket, CancellationToken, Task>? talk = null;
Reminder? reminder = null;
switch (which)
{
    case "voice-menu":
        break;
    case "echo-bot":
        number = "+15550100003";
        handle = EchoBot.HandleAsync;
        talk = EchoBot.TalkAsync;
        break;
    case "reminder":
        number = "+15550100004";
        reminder = new(Appointment.Read(Setting("APPOINTMENTS", "../node/appointments.csv")),
            TimeSpan.FromSeconds(int.Parse(Setting("PAUSE_SECONDS", "2"))));
        handle = reminder.HandleAsync;
        break;
    case "ai-voice":
        number = "+15550100005";
        var voice = new AiVoice(new(Setting("MODEL_URL", "wss://api.openai.com/v1/realtime?model=gpt-realtime")), Setting("MODEL_KEY", ""),
            Setting("INSTRUCTIONS", "You answer the phone of a small shop. Be brief. It is open from nine to five."));
        handle = voice.HandleAsync;
        talk = voice.TalkAsync;
        break;
    default:
        Console.Error.WriteLine($"there is no '{which}': say voice-menu, echo-bot, ai-voice or reminder");
        return 1;
}

string port = Setting("PORT", "3000");
await using var line = await ExampleLine.OpenAsync(new()
{
    ApiKey = Setting("TELNYX_API_KEY", "KEYmine"), BaseUrl = Setting("TELNYX_BASE_URL", "http://127.0.0.1:8080/v2"),
    Secret = Setting("WEBHOOK_SECRET", ""), Port = int.Parse(port), Address = Setting("WEBHOOK_URL", $"http://127.0.0.1:{port}/"),
    Number = Setting("NUMBER", number),
}, which, handle, talk);
Console.WriteLine($"{which} listens on {port} and has {line.Number}");
if (reminder is null) await line.Closed;
else await reminder.RunAsync(line);
return 0;
