using Microsoft.Extensions.Logging;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>Event ids 3600-3649.</summary>
internal static partial class Log
{
    [LoggerMessage(3600, LogLevel.Information, "Number orders of accounts without a policy are decided by {Policy} from now on, and were "
        + "by {Before}; the credential {Key} has said so")]
    public static partial void NodePolicyChanged(this ILogger logger, OrderPolicy policy, OrderPolicy before, string key);
}
