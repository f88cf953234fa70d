using System.Reflection;
using Ringwright.Operator;
using Ringwright.Server.Modules;
using Ringwright.Telnyx;

namespace Ringwright.Architecture;

/// <summary>
/// What a family of handlers uses is written out for it, and short: a record that everybody shares says nothing of anybody.
/// </summary>
public sealed class PartsTests
{
    private const int Most = 10;

    [Fact]
    public void What_handlers_and_modules_use_is_written_out_for_each_and_short()
    {
        Type[] parts =
        [
            .. new[] { typeof(TelnyxParts).Assembly, typeof(OperatorParts).Assembly }.SelectMany(assembly => assembly.GetTypes())
                .Where(type => type.Name.EndsWith("Parts", StringComparison.Ordinal)),
            typeof(ModuleGround), typeof(ModuleServices), typeof(ModuleHttp),
        ];
        Assert.Contains(parts, type => type.Name == "VoiceParts");
        Rule.Holds(parts.Where(type => MembersOf(type) > Most)
            .Select(type => $"{type.FullName} has {MembersOf(type)} members: at most {Most}"));
    }

    private static int MembersOf(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Length;
}
