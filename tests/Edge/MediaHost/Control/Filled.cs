using System.Collections;
using System.Net;
using System.Reflection;
using Ringwright.Calls;

namespace Ringwright.Edge.MediaHost.Control;

/// <summary>
/// Records of which every property has a value of its own, and the comparison of two such, so that no field is forgotten on the way.
/// </summary>
internal static class Filled
{
    /// <summary>All nested records of a closed union.</summary>
    public static IEnumerable<Type> KindsOf(Type union) => union.GetNestedTypes().Where(union.IsAssignableFrom);

    public static object Make(Type type, Random random)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string)) return $"té{random.Next()}";
        if (type == typeof(bool)) return true;
        if (type == typeof(char)) return (char)random.Next('0', '9');
        if (type == typeof(byte)) return (byte)random.Next(1, 255);
        if (type == typeof(ushort)) return (ushort)random.Next(1, 65_535);
        if (type == typeof(int)) return random.Next(1, int.MaxValue);
        if (type == typeof(uint)) return (uint)random.Next(1, int.MaxValue);
        if (type == typeof(long)) return random.NextInt64();
        if (type == typeof(ulong)) return (ulong)random.NextInt64();
        if (type == typeof(UInt128)) return ((UInt128)random.NextInt64() << 64) + (UInt128)random.NextInt64();
        if (type == typeof(double)) return random.NextDouble();
        if (type == typeof(Guid)) return Guid.NewGuid();
        if (type == typeof(TimeSpan)) return TimeSpan.FromTicks(random.NextInt64(TimeSpan.TicksPerDay));
        if (type == typeof(Labels)) return Labels.Of(($"a{random.Next()}", $"té{random.Next()}"), ("b", ""));
        if (type == typeof(IPEndPoint))
            return new IPEndPoint(random.Next(2) == 0 ? IPAddress.IPv6Loopback : new IPAddress(random.Next()), random.Next(65_536));
        if (type.IsEnum) return Enum.GetValues(type).GetValue(Enum.GetValues(type).Length - 1)!;
        if (type.IsGenericType && type.GetInterfaces().Append(type).Any(i => i == typeof(IEnumerable)))
            return List(type.GetGenericArguments()[0], random);
        var constructor = type.GetConstructors().OrderByDescending(c => c.GetParameters().Length)
            .First(c => c.GetParameters() is not [{ } only] || only.ParameterType != type);
        object made = constructor.Invoke([.. constructor.GetParameters().Select(p => Make(p.ParameterType, random))]);
        foreach (var property in type.GetProperties().Where(p => p.SetMethod is not null))
            property.SetValue(made, Make(property.PropertyType, random));
        return made;
    }

    public static void AssertSame(object? expected, object? actual, string where)
    {
        if (expected is null || actual is null || expected is string || expected.GetType() is { IsPrimitive: true }
            || expected is IPEndPoint or Guid or TimeSpan or UInt128 or Enum)
        {
            Assert.True(Equals(expected, actual), $"{where}: {expected} became {actual}");
            return;
        }
        if (expected is Labels labels)
        {
            Assert.Equal(labels.Values, ((Labels)actual).Values);
            return;
        }
        if (expected is IList list)
        {
            Assert.Equal(list.Count, ((IList)actual).Count);
            for (int i = 0; i < list.Count; i++) AssertSame(list[i], ((IList)actual)[i], $"{where}[{i}]");
            return;
        }
        Assert.Equal(expected.GetType(), actual.GetType());
        foreach (var property in expected.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
            AssertSame(property.GetValue(expected), property.GetValue(actual), $"{where}.{property.Name}");
    }

    private static Array List(Type of, Random random)
    {
        var list = Array.CreateInstance(of, 3);
        for (int i = 0; i < list.Length; i++) list.SetValue(Make(of, random), i);
        return list;
    }
}
