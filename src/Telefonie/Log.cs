using Microsoft.Extensions.Logging;

namespace Ringwright.Telefonie;

/// <summary>Event ids 3500-3599.</summary>
internal static partial class Log
{
    [LoggerMessage(3500, LogLevel.Error, "The leg {Leg} rings on for a conference that is over")]
    internal static partial void ParticipantNotLetGo(this ILogger logger, Exception failed, Core.LegId leg);
}
