using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;
using Ringwright.Server.Settings;

namespace Ringwright.Server.Telemetry;

/// <summary>Where log lines go: stderr, so that stdout is free for what a command answers.</summary>
internal static class Logs
{
    public static ILoggerFactory Create(ServeSettings settings) => LoggerFactory.Create(logging => Configure(logging, settings));

    public static void Configure(ILoggingBuilder logging, ServeSettings settings)
    {
        logging.ClearProviders();
        logging.Services.TryAddSingleton(TimeProvider.System);
        logging.SetMinimumLevel(settings.LogLevel);
        // The framework tells each request at Information; our own pipeline says what a request meant.
        logging.AddFilter("Microsoft", settings.LogLevel < LogLevel.Information ? LogLevel.Information : LogLevel.Warning);
        logging.AddFilter("System", LogLevel.Warning);
        // A start that fails is told in one line by the command itself.
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        logging.AddConsoleFormatter<LineFormatter, ConsoleFormatterOptions>();
        // For its JSON formatter; the lines are written by a logger of our own.
        logging.AddConsole();
        logging.ClearProviders();
        string format = settings.IsLogJson ? ConsoleFormatterNames.Json : LineFormatter.FormatterName;
        logging.Services.AddSingleton<ILoggerProvider>(s => new StderrLog(s.GetServices<ConsoleFormatter>().First(f => f.Name == format), Console.OpenStandardError()));
        logging.Services.Configure<JsonConsoleFormatterOptions>(json =>
        {
            json.UseUtcTimestamp = true;
            json.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
        });
    }
}
