using Ringwright.Http;
using Ringwright.Operator;

namespace Ringwright.Server.Modules;

/// <summary>What there is when APIs are served on the operator's listener. A node that only serves commands has fewer parts.</summary>
internal sealed record OperatorServices
{
    /// <summary>Of the node, as the operator may see and change it.</summary>
    public required OperatorParts Parts { get; init; }
    public required PipelineServices Pipeline { get; init; }
    public required PipelineSettings Settings { get; init; }
    public required IRequestLimiter Limiter { get; init; }
    /// <summary>Says who is the operator.</summary>
    public required IAuthenticator Operators { get; init; }
    public required ILoggerFactory Loggers { get; init; }
}
