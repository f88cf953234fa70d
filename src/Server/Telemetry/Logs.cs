using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;
using Ringwright.Server.Settings;

namespace Ringwright.Server.Telemetry;

/// <summary>Where log lines go: stderr, so that stdout is free for what a command answers.</summary>
internal static class Logs
{
    public static ILoggerFactory Create(ServeSettings settings) => LoggerFactory.Create(logging => Configure(logging, settings));

    /// <summary>For a role process, which writes as its node does.</summary>
    public static ILoggerFactory Create(bool isJson, LogLevel level) => LoggerFactory.Create(logging => Configure(logging, isJson, level));

    public static void Configure(ILoggingBuilder logging, ServeSettings settings) =>
        Configure(logging, settings.IsLogJson, settings.LogLevel);

    private static void Configure(ILoggingBuilder logging, bool isJson, LogLevel level)
    {
        logging.ClearProviders();
        logging.Services.TryAddSingleton(TimeProvider.System);
        logging.SetMinimumLevel(level);
        // The framework tells each request at Information; our own pipeline says what a request meant.
        logging.AddFilter("Microsoft", level < LogLevel.Information ? LogLevel.Information : LogLevel.Warning);
        logging.AddFilter("System", LogLevel.Warning);
        // It writes nothing above Information, and makes an activity and a scope for each request while it may.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        // A start that fails is told in one line by the command itself.
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        logging.AddConsoleFormatter<LineFormatter, ConsoleFormatterOptions>();
        // For its JSON formatter; the lines are written by a logger of our own.
        logging.AddConsole();
        logging.ClearProviders();
        string format = isJson ? ConsoleFormatterNames.Json : LineFormatter.FormatterName;
        logging.Services.AddSingleton<ILoggerProvider>(s => new StderrLog(s.GetServices<ConsoleFormatter>().First(f => f.Name == format),
            Console.OpenStandardError()));
        logging.Services.Configure<JsonConsoleFormatterOptions>(json =>
        {
            json.UseUtcTimestamp = true;
            json.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
        });
    }
}
