using System.Collections.Frozen;
using Ringwright.Calls;

namespace Ringwright.Programs;

/// <summary>The programs that every node has.</summary>
public static class BuiltInPrograms
{
    private static readonly FrozenDictionary<string, Func<Application, ICallProgram>> ByKind =
        new Dictionary<string, Func<Application, ICallProgram>>
        {
            [ApplicationKind.Echo] = static _ => new EchoLine(),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>A new one; null when there is none of that kind.</summary>
    public static ICallProgram? Create(Application application) =>
        ByKind.TryGetValue(application.Kind, out var create) ? create(application) : null;
}
